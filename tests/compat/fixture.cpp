#include "fixture.hpp"

#include <condition_variable>
#include <mutex>

#include "blob/local_blob_store.hpp"
#include "factory.hpp"
#include "podium/plugin.hpp"
#include "query/language.hpp"
#include "query/vocabularies.hpp"
#include "routes.hpp"
#include "services/services.hpp"

namespace podium::test {
namespace {

std::string decoded(std::string_view text, bool plus) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += plus && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

class Never final : public Cancel {
 public:
  bool cancelled() const noexcept override { return false; }
};

class Sent final : public Request {
 public:
  Sent(FakeRequest request, BlobStore& blobs) : request_(std::move(request)), blobs_(blobs) {
    const auto mark = request_.target.find('?');
    path_ = decoded(request_.target.substr(0, mark), false);
    size_ = request_.body.size();
    request_.body.append(64, '\0');
    if (mark == std::string::npos) return;
    std::string_view rest = std::string_view(request_.target).substr(mark + 1);
    while (!rest.empty()) {
      const auto end = std::min(rest.find('&'), rest.size());
      const std::string_view pair = rest.substr(0, end);
      const auto equals = std::min(pair.find('='), pair.size());
      query_.emplace_back(
          decoded(pair.substr(0, equals), true),
          equals < pair.size() ? decoded(pair.substr(equals + 1), true) : std::string());
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  std::string_view method() const override { return request_.method; }
  std::string_view target() const override { return request_.target; }
  std::string_view path() const override { return path_; }
  std::string_view header(std::string_view name) const override {
    for (const auto& [key, value] : request_.headers)
      if (key == name) return value;
    return {};
  }
  bool has_header(std::string_view name) const override {
    for (const auto& [key, value] : request_.headers)
      if (key == name) return true;
    return false;
  }
  std::string_view segment(std::string_view name) const override {
    for (const auto& [key, value] : segments)
      if (key == name) return value;
    return {};
  }
  const std::vector<std::pair<std::string, std::string>>& query() const override { return query_; }
  using Request::query;
  std::string_view body() const override {
    return std::string_view(request_.body).substr(0, size_);
  }
  std::unique_ptr<BlobWriter> upload() override {
    auto writer = blobs_.create();
    writer->write(body());
    return writer;
  }
  const Principal& who() const override { return who_; }
  const Cancel& cancel() const override { return cancel_; }
  std::string_view remote_address() const override { return "127.0.0.1"; }
  std::uint64_t number() const override { return 1; }

  std::vector<std::pair<std::string, std::string>> segments;

 private:
  FakeRequest request_;
  BlobStore& blobs_;
  std::string path_;
  std::size_t size_ = 0;
  std::vector<std::pair<std::string, std::string>> query_;
  Principal who_;
  Never cancel_;
};

/// Whether a path fits a route's, and which text its segments have.
bool fits(const std::string& pattern, const std::string& path,
          std::vector<std::pair<std::string, std::string>>& segments) {
  std::size_t p = 0, t = 0;
  while (p < pattern.size()) {
    if (pattern[p] != '{') {
      if (t >= path.size() || path[t] != pattern[p]) return false;
      ++p, ++t;
      continue;
    }
    const auto close = pattern.find('}', p);
    const bool rest = pattern[close - 1] == '*';
    const auto end = rest ? path.size() : std::min(path.find('/', t), path.size());
    if (end == t) return false;
    segments.emplace_back(pattern.substr(p + 1, close - p - (rest ? 2 : 1)),
                          path.substr(t, end - t));
    t = end;
    p = close + 1;
  }
  return t == path.size();
}

}  // namespace

struct Podium::Impl final : PluginContext {
  Impl() {
    info.default_artifact_root = "mlflow-artifacts:/";
    info.data_dir = folder.path();
    info.artifacts_destination = (folder.path() / "artifacts").string();
    blob_store = std::make_unique<host::LocalBlobStore>(info.artifacts_destination);
    StoreOptions options;
    options.directory = folder.path();
    options.log = [](int, std::string_view) {};
    factory = sqlite::factory();
    data = factory->open(options);
    const auto declarations = host::Services::declarations();
    data->declare(declarations);
    vocabularies =
        std::make_unique<host::Vocabularies>(declarations, std::function<std::int64_t()>());
    vocabularies->bind(*data);
    services = std::make_unique<host::Services>(
        host::Services::Options{*data, *blob_store, *language, info, {}, *vocabularies, 1});
    services->start();
    extension = std::make_unique<mlflow::MlflowRoutes>(*this);
    routes = extension->routes();
  }
  ~Impl() override {
    extension.reset();
    services->stop();
  }

  void log(LogLevel, std::string_view) override {}
  const podium::Json& config() const override { return settings; }
  std::filesystem::path data_dir() override { return folder.path(); }
  const HostInfo& host() const override { return info; }
  void add(std::unique_ptr<Extension>) override {}
  void declare(Collection) override {}
  Store& store() override { return *data; }
  BlobStore& blobs() override { return *blob_store; }
  Projects& projects() override { return services->projects(); }
  Tasks& tasks() override { return services->tasks(); }
  Datasets& datasets() override { return services->datasets(); }
  Models& models() override { return services->models(); }
  Queues& queues() override { return services->queues(); }
  Notes& notes() override { return services->notes(); }
  Goals& goals() override { return services->goals(); }
  Jobs& jobs() override { return services->jobs(); }
  Actions& actions() override { return services->actions(); }
  HttpClient& http() override {
    throw Error(ErrorCode::misuse, "compat/mlflow calls no other server");
  }
  Access& access() override { return services->access(); }
  const QueryLanguage& query_language() const override { return *language; }
  const Vocabulary& vocabulary(std::string_view entity) const override {
    return vocabularies->of(entity);
  }
  Extension* find_extension(bool (*)(Extension&), std::string_view) override { return nullptr; }

  TemporaryFolder folder;
  HostInfo info;
  podium::Json settings = podium::Json::object();
  std::unique_ptr<host::LocalBlobStore> blob_store;
  std::unique_ptr<StoreFactory> factory;
  std::unique_ptr<Store> data;
  std::unique_ptr<QueryLanguage> language = host::make_query_language();
  std::unique_ptr<host::Vocabularies> vocabularies;
  std::unique_ptr<host::Services> services;
  std::unique_ptr<mlflow::MlflowRoutes> extension;
  std::vector<Route> routes;
};

namespace {

/// Where an inline handler's answer arrives.
struct Mailbox {
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<Response> response;
};

class Letter final : public Reply::Sink {
 public:
  Letter(std::shared_ptr<Mailbox> box, const Routes& routes)
      : box_(std::move(box)), routes_(routes) {}
  void send(Response response) noexcept override {
    std::lock_guard lock(box_->mutex);
    box_->response = std::move(response);
    box_->arrived.notify_one();
  }
  void fail(const Error& e) noexcept override { send(*routes_.error(e, 500, nullptr)); }
  void dropped() noexcept override {
    Response response;
    response.status = 599;
    response.body = "dropped";
    send(std::move(response));
  }

 private:
  std::shared_ptr<Mailbox> box_;
  const Routes& routes_;
};

Answer read(Response response) {
  Answer answer;
  answer.status = response.status;
  answer.type = response.content_type;
  answer.body = response.body;
  answer.headers = response.headers;
  if (response.stream)
    for (std::string block;; block.clear()) {
      const bool more = response.stream->next(block);
      answer.body += block;
      if (!more) break;
    }
  if (response.blob) {
    answer.body.resize(response.blob->size());
    answer.body.resize(response.blob->read(0, answer.body));
  }
  return answer;
}

}  // namespace

Podium::Podium() : impl_(std::make_unique<Impl>()) {}
Podium::~Podium() = default;
const std::vector<Route>& Podium::routes() const { return impl_->routes; }
Routes& Podium::extension() { return *impl_->extension; }

Answer Podium::send(FakeRequest fake) {
  bool typed = fake.method != "POST" && fake.method != "PUT";
  for (const auto& [key, value] : fake.headers) typed |= key == "Content-Type";
  if (!typed) fake.headers.emplace_back("Content-Type", "application/json");
  const std::string method = fake.method;
  auto request = std::make_unique<Sent>(std::move(fake), *impl_->blob_store);
  const std::string path(request->path());
  bool known = false;
  // Plain segments before variables, as a router prefers them.
  const Route* found = nullptr;
  for (const Route& route : impl_->routes) {
    std::vector<std::pair<std::string, std::string>> segments;
    if (!fits(route.path, path, segments)) continue;
    known = true;
    if (route.method != method || (found && segments.size() >= request->segments.size())) continue;
    found = &route;
    request->segments = std::move(segments);
  }
  if (!found) {
    const int status = known ? 405 : 404;
    return read(*impl_->extension->error(Error(ErrorCode::not_found, "no such route"), status,
                                         request.get()));
  }
  if (const auto* pooled = std::get_if<Handler>(&found->handler)) {
    try {
      return read((*pooled)(*request));
    } catch (const Error& e) {
      return read(*impl_->extension->error(e, 500, request.get()));
    }
  }
  auto box = std::make_shared<Mailbox>();
  std::get<InlineHandler>(found->handler)(std::move(request),
                                          Reply(std::make_unique<Letter>(box, *impl_->extension)));
  std::unique_lock lock(box->mutex);
  box->arrived.wait(lock, [&] { return box->response.has_value(); });
  return read(std::move(*box->response));
}

Json Podium::ok(const std::string& method, const std::string& path, const Json& body) {
  const Answer answer =
      send({method, api + path, body.is_null() ? std::string() : body.dump(), {}});
  INFO(method << " " << path << " " << body.dump() << " -> " << answer.body);
  REQUIRE(answer.status == 200);
  return answer.json();
}

std::string Podium::refused(const std::string& path, const Json& body) {
  const Answer answer = post(api + path, body);
  INFO(path << " " << body.dump() << " -> " << answer.status << " " << answer.body);
  REQUIRE(answer.status >= 400);
  return answer.error_code() + ": " + answer.message();
}

std::string Podium::experiment(const std::string& name) {
  return call("/experiments/create", {{"name", name}})["experiment_id"];
}

std::string Podium::run(const std::string& experiment, const Json& more) {
  Json body = more;
  body["experiment_id"] = experiment;
  return call("/runs/create", body)["run"]["info"]["run_id"];
}

}  // namespace podium::test

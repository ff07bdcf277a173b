// Certificates: the name of the origin, not that of the address, and a signer that is trusted.
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "outbound/client.hpp"
#include "servers.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::host;
using namespace podium::test;
using namespace std::chrono_literals;

namespace {

struct Certificate {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> x509{X509_new(), X509_free};

  Certificate(const std::string& names, long from, long to) {
    X509_set_version(x509.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509.get()), from);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), to);
    X509_set_pubkey(x509.get(), key.get());
    X509_NAME* name = X509_get_subject_name(x509.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x509.get(), name);
    add(NID_subject_alt_name, names);
    add(NID_basic_constraints, "CA:TRUE");
    X509_sign(x509.get(), key.get(), EVP_sha256());
  }
  void add(int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(x509.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  void write(const std::filesystem::path& path) const {
    FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, x509.get());
    std::fclose(file);
  }
};

struct Server {
  explicit Server(const Certificate& c) : https(c.x509.get(), c.key.get()) {
    https.Get("/",
              [](const httplib::Request&, httplib::Response& r) { r.set_content("hi", "a/b"); });
    port = https.bind_to_any_port("127.0.0.1");
    thread = std::thread([this] { https.listen_after_bind(); });
    while (!https.is_running()) std::this_thread::yield();
  }
  ~Server() {
    https.stop();
    thread.join();
  }
  httplib::SSLServer https;
  int port = 0;
  std::thread thread;
};

IncomingAnswer call(const std::string& host, int port, std::chrono::milliseconds limit = 30s) {
  const std::string origin = "https://" + host + ":" + std::to_string(port);
  OutboundOptions options{{origin}, {"127.0.0.0/8"}, {}};
  options.look_up = [](const std::string&) {
    return std::vector<Address>{*parse_address("127.0.0.1")};
  };
  return make_http_client(options)->send({"GET", origin + "/", {}, {}, limit}, Never());
}

std::string refusal(const std::string& host, int port) {
  const Error e = error_of([&] { (void)call(host, port); });
  CHECK(e.code() == ErrorCode::unavailable);
  return e.what();
}

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("TLS: the certificate is checked against the name of the origin") {
  const TemporaryFolder folder;
  const Certificate good("DNS:hooks.example,IP:127.0.0.1", 0, 3600);
  const Certificate expired("DNS:hooks.example", -7200, -3600);
  good.write(folder.path() / "trusted.pem");
  ::setenv("SSL_CERT_FILE", (folder.path() / "trusted.pem").c_str(), 1);
  ::setenv("SSL_CERT_DIR", folder.path().c_str(), 1);
  {
    Server server(good);
    CHECK(call("hooks.example", server.port).body == "hi");
    CHECK(call("127.0.0.1", server.port).body == "hi");
    CHECK(has(refusal("other.example", server.port), "not trusted"));
    CHECK(has(refusal("sub.hooks.example", server.port), "not trusted"));
    Server stranger(Certificate("DNS:hooks.example", 0, 3600));
    CHECK(has(refusal("hooks.example", stranger.port), "not trusted"));
  }
  expired.write(folder.path() / "trusted.pem");
  Server server(expired);
  CHECK(has(refusal("hooks.example", server.port), "expired"));
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("SSL_CERT_DIR");
}

TEST_CASE("TLS: a server that speaks none, or never ends its handshake") {
  ScriptedServer plain(
      [](int socket, const std::string&) { say(socket, "HTTP/1.1 200 OK\r\n\r\n"); });
  // It waits for the end of a request that does not come.
  CHECK(error_of([&] { (void)call("127.0.0.1", plain.port(), 200ms); }).code() ==
        ErrorCode::timeout);
}

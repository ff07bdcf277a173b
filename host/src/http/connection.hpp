#pragma once
// One client: reads requests one after another, and writes their answers. Included by server.cpp
// alone.
//
// Everything of a connection runs on its io thread. It is one coroutine that waits for a single
// signal (bytes came, an answer was given, a pool job ended, time passed) and looks again at what
// it waits for.
#include <algorithm>
#include <cstring>

#include "http/io_thread.hpp"
#include "http/websocket.hpp"

namespace podium::host {

/// The connection as answers and pool jobs know it: they may come when it is gone.
class Address final : public AnswerTaker, public std::enable_shared_from_this<Address> {
 public:
  Address(std::shared_ptr<Mailbox> mailbox, Connection* connection, const IoThread* io)
      : mailbox_(std::move(mailbox)), connection_(connection), io_(io) {}
  void answered(const std::shared_ptr<Exchange>&) noexcept override;
  void pool_done();
  void channel_ready();
  void gone() { connection_ = nullptr; }  ///< on the io thread

 private:
  std::shared_ptr<Mailbox> mailbox_;
  Connection* connection_;  // of the io thread
  const IoThread* io_;      // compared only
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerCore& core, IoThread& io, Socket socket, std::string remote, bool loopback)
      : core_(core),
        io_(io),
        socket_(std::move(socket)),
        remote_(std::move(remote)),
        loopback_(loopback),
        parser_({core.options.limits.header_bytes, core.options.limits.header_fields}) {}

  /// The whole life. Keeps itself alive.
  static Task<void> run(std::shared_ptr<Connection>);

  // On the io thread:
  void answered(const std::shared_ptr<Exchange>&);
  void pool_done();
  void channel_ready();
  bool expired(Clock::time_point now) const { return now >= deadline_; }
  void on_deadline(Clock::time_point now);
  void on_drain();   ///< the server stops: ends the connection when it is idle
  void close_now();  ///< ends it whatever it does

 private:
  enum class Phase { idle, head, body, working, writing, channel, lingering };
  static constexpr std::size_t piece = 256 * 1024;
  static constexpr Clock::time_point never = Clock::time_point::max();

  // --- waiting
  Task<void> wait();
  void signal();
  void enter(Phase, Clock::time_point deadline);
  /// Runs a job on the pool and waits for its end, whatever happens. False when the pool has
  /// stopped.
  Task<bool> on_pool(const RouteGroup* group, Pool::Job job);

  // --- reading
  std::string_view unread() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t n);
  bool read_ahead();  ///< starts a read into the buffer; false when it is full
  void start_read(char* to, std::size_t room, bool direct);
  void on_read(const error_code&, std::size_t n);
  bool lost() const { return eof_ || closed_ || timed_out_; }
  Task<bool> serve_one();
  Task<bool> read_head(Exchange&);
  /// Fills `to` up to `room` bytes or to the body's end. False when the body broke off (then an
  /// answer has been given, or the client is gone).
  Task<bool> fill(Exchange&, char* to, std::size_t room, std::size_t& got);
  Task<bool> read_text(Exchange&, Body&);
  Task<bool> read_upload(Exchange&, std::unique_ptr<BlobWriter>&);
  Task<bool> skip_body(Exchange&);
  Task<bool> send_continue();
  Task<void> linger();

  // --- deciding (no waiting)
  /// Checks and routes. False when an answer has been given already.
  bool admit(Exchange&);
  bool admit_target(Exchange&);
  bool admit_origin(Exchange&);
  bool admit_route(Exchange&);
  bool admit_body(Exchange&);
  void refuse_text(Exchange&, int status, std::string text);
  void dispatch(const std::shared_ptr<Exchange>&, std::unique_ptr<HttpRequest>);

  // --- writing
  Task<bool> write_answer(Exchange&);
  Task<bool> write_stream(Exchange&, Response&, bool head_only);
  Task<bool> write_blob(Exchange&, Response&, BlobPart);
  Task<bool> write_channel(Exchange&, Response&, bool head_only);
  Task<void> write_pushed(Exchange&, Response&, std::shared_ptr<ChannelUser>);
  Task<bool> write_websocket(Exchange&, Response&, std::shared_ptr<ChannelUser>);
  Task<void> stop_reading();
  template <class F>
  void call_user(const Exchange&, F&&);
  Task<bool> write_file(int descriptor, BlobPart&);
  Task<void> compress(Exchange&, Response&);
  Task<bool> write(std::string_view a, std::string_view b = {});
  void append_answer_head(const Exchange&, const Response&, std::optional<std::uint64_t> length);
  void account(const Exchange&, int status);

  ServerCore& core_;
  IoThread& io_;
  Socket socket_;
  const std::string remote_;
  const bool loopback_;
  std::shared_ptr<Address> address_;
  RequestParser parser_;
  UniqueFunction<void()> waiter_;
  bool signalled_ = false;

  std::unique_ptr<char[]> buffer_;  // what was read and not yet used: [begin_, end_)
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
  bool reading_ = false, direct_ = false, stopping_read_ = false;
  std::size_t direct_got_ = 0;

  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = never;
  bool eof_ = false, closed_ = false, timed_out_ = false, pool_done_ = false, answered_ = false;
  bool keep_ = true;       // the next request can be read behind this one
  bool unframed_ = false;  // bytes may follow that belong to a body nobody reads
  std::shared_ptr<Exchange> current_;
  std::shared_ptr<ChannelQueue> channel_;
  std::shared_ptr<WebSocket> websocket_;

  bool chunked_ = false, body_done_ = true;
  std::uint64_t body_left_ = 0;
  std::size_t window_bytes_ = 0;
  std::uint64_t request_bytes_ = 0, answer_bytes_ = 0;
  std::string out_;
  std::string allow_;    // of a 405
  std::string host_ok_;  // the Host that was found good
};

}  // namespace podium::host

#pragma once
// The three forms in which events leave: a long poll's answer, an event stream, a WebSocket.
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "podium/http/message.hpp"
#include "services/events/hub.hpp"

namespace podium::host {

/// Answers one request with one message.
class PollOutlet final : public EventOutlet {
 public:
  PollOutlet(std::unique_ptr<Request> request, Reply reply)
      : request_(std::move(request)), reply_(std::move(reply)) {}
  ~PollOutlet() override;
  void refused(const Error& error) override { reply_.fail(error); }
  void tell(Revision, std::string message) override;
  bool ready() override { return true; }
  bool gone() const override { return !reply_ || request_->cancel().cancelled(); }
  void end(End, Revision told) override;

 private:
  const std::unique_ptr<Request> request_;
  Reply reply_;
};

/// What an event stream and a WebSocket share: a channel that may fall behind.
class ChannelOutlet : public EventOutlet, public ChannelUser {
 public:
  explicit ChannelOutlet(EventHub& hub) : hub_(hub) {}
  bool ready() override;
  bool gone() const override { return gone_; }
  void opened(std::shared_ptr<Channel>) override;
  void drained() override;
  void closed() noexcept override;

 protected:
  /// Null before it opened. Thread-safe.
  std::shared_ptr<Channel> channel() const;
  EventHub& hub_;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Channel> channel_;
  std::atomic<bool> gone_{false}, wanted_{false};
};

/// text/event-stream: each message is an event whose id is its revision.
class StreamOutlet final : public ChannelOutlet, public std::enable_shared_from_this<StreamOutlet> {
 public:
  StreamOutlet(EventHub& hub, Reply reply) : ChannelOutlet(hub), reply_(std::move(reply)) {}
  ~StreamOutlet() override;
  void accepted() override;
  void refused(const Error& error) override { reply_.fail(error); }
  void tell(Revision, std::string message) override;
  void end(End, Revision told) override;
  void opened(std::shared_ptr<Channel>) override;

 private:
  Reply reply_;
};

/// A WebSocket: subscribes and unsubscribes as it is told by the client.
class SocketOutlet final : public ChannelOutlet, public std::enable_shared_from_this<SocketOutlet> {
 public:
  SocketOutlet(EventHub& hub, Principal who, std::vector<EventHub::Wish> wishes,
               EventHub::Manner manner)
      : ChannelOutlet(hub), who_(std::move(who)), wishes_(std::move(wishes)), manner_(manner) {}
  void refused(const Error&) override {}
  void tell(Revision, std::string message) override;
  void end(End, Revision told) override;
  void subscribed(const TopicName&, Revision) override;
  void unsubscribed(const TopicName&) override;
  void declined(const TopicName&, const Error&) override;
  void opened(std::shared_ptr<Channel>) override;
  void received(std::string_view) override;

 private:
  void say(std::string message);

  const Principal who_;
  std::vector<EventHub::Wish> wishes_;
  const EventHub::Manner manner_;
};

}  // namespace podium::host

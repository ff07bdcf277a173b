// The floor of the bench: a minimal server that does the same bytes to SQLite with hand-written SQL
// and no checks, no plugins, no concurrency rules. What podium costs beyond it is the price of
// being correct.
//
//   bench_floor PORT DATABASE
//
// POST runs/create, log-metric, log-batch (metrics and params), runs/update, runs/search,
// GET metrics/get-history?run_id=..., /health. See floor_writer.hpp and floor_reader.hpp.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>

#include "floor_reader.hpp"
#include "floor_writer.hpp"

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 3;
  listen(listener, 128);
  bench::FloorWriter writer(argv[2]);
  bench::FloorReader reader(argv[2]);
  const int poll = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  std::unordered_map<int, std::string> buffers;
  for (epoll_event events[64];;) {
    const int count = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        const int client = accept(listener, nullptr, nullptr);
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        event.data.fd = client;
        epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
        continue;
      }
      auto& buffer = buffers[fd];
      char bytes[65536];
      const auto n = recv(fd, bytes, sizeof bytes, 0);
      if (n <= 0) {
        close(fd);
        buffers.erase(fd);
        continue;
      }
      buffer.append(bytes, static_cast<std::size_t>(n));
      for (std::size_t head; (head = buffer.find("\r\n\r\n")) != std::string::npos;) {
        std::size_t length = 0;
        if (const auto at = buffer.find("Content-Length: "); at < head)
          length = static_cast<std::size_t>(std::atoll(buffer.c_str() + at + 16));
        if (buffer.size() < head + 4 + length) break;
        const auto space = buffer.find(' ');
        std::string target = buffer.substr(space + 1, buffer.find(' ', space + 1) - space - 1);
        std::string body = buffer.substr(head + 4, length);
        buffer.erase(0, head + 4 + length);
        if (target == "/health")
          bench::answer(fd, "OK");
        else if (target.ends_with("runs/search"))
          bench::answer(fd, reader.search(body));
        else if (const auto id = target.find("run_id="); id != target.npos)
          bench::answer(fd, reader.history(std::string_view(target).substr(id + 7, 32)));
        else
          writer.push({fd, std::move(target), std::move(body)});
      }
    }
  }
}

#include "outbound/look_up.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace podium::host {
namespace {

constexpr int most_at_once = 32;
std::atomic<int> at_once{0};

struct Shared {
  std::mutex mutex;
  std::condition_variable ended;
  std::optional<std::vector<Address>> addresses;
};

std::vector<Address> by_system(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  std::vector<Address> out;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0) return out;
  for (const addrinfo* one = list; one; one = one->ai_next) {
    Address address;
    if (one->ai_family == AF_INET) {
      sockaddr_in in;
      std::memcpy(&in, one->ai_addr, sizeof in);
      std::memcpy(address.bytes.data(), &in.sin_addr, 4);
    } else if (one->ai_family == AF_INET6) {
      sockaddr_in6 in;
      std::memcpy(&in, one->ai_addr, sizeof in);
      address.v6 = true;
      std::memcpy(address.bytes.data(), &in.sin6_addr, 16);
    } else {
      continue;
    }
    out.push_back(address);
  }
  ::freeaddrinfo(list);
  return out;
}

}  // namespace

std::vector<Address> look_up(const std::string& name, const LookUp& how, const Patience& patience) {
  if (at_once.fetch_add(1) >= most_at_once) {
    at_once.fetch_sub(1);
    throw Error(ErrorCode::busy, "too many look-ups of names are under way; try again later");
  }
  auto shared = std::make_shared<Shared>();
  try {
    std::thread([name, how, shared] {
      std::vector<Address> found;
      try {
        found = how ? how(name) : by_system(name);
      } catch (...) {
        found.clear();
      }
      at_once.fetch_sub(1);
      const std::lock_guard lock(shared->mutex);
      shared->addresses = std::move(found);
      shared->ended.notify_all();
    }).detach();
  } catch (...) {
    at_once.fetch_sub(1);
    throw;
  }
  std::unique_lock lock(shared->mutex);
  while (!shared->addresses) {
    patience.check();
    shared->ended.wait_for(lock, patience.slice());
  }
  if (shared->addresses->empty())
    throw Error(ErrorCode::unavailable, "the name '" + name + "' has no address");
  return std::move(*shared->addresses);
}

}  // namespace podium::host

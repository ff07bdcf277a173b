#include "signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <vector>

#include "podium/error.hpp"

namespace podium::custom {
namespace {

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

}  // namespace

std::string signature(std::string_view secret, std::int64_t timestamp, std::string_view body) {
  std::string text = std::to_string(timestamp) + ".";
  text += body;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size))
    throw Error(ErrorCode::internal, "OpenSSL has no HMAC-SHA256");
  return "v1=" + hex(digest, size);
}

std::string idempotency_key(std::string_view call, std::string_view task) {
  std::string text(call);
  text += '\n';
  text += task;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1)
    throw Error(ErrorCode::internal, "OpenSSL has no SHA-256");
  return hex(digest, 16);
}

}  // namespace podium::custom

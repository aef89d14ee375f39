#include "engine/api/last_error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include "engine/base/error.h"

namespace corticast::api {
namespace {

// Text of a thread. Plain memory: an error must be told when there is no more to be had, and a
// thread that ends has nothing to clean up.
template <std::size_t Size>
class Text {
 public:
  void set(const char* text) noexcept {
    std::size_t size = std::strlen(text);
    if (size >= Size) {
      size = Size - 1;
      while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
    }
    std::memcpy(bytes_.data(), text, size);
    bytes_[size] = '\0';
  }
  const char* get() const noexcept { return bytes_.data(); }

 private:
  std::array<char, Size> bytes_;
};

thread_local constinit Text<4096> message{};
thread_local constinit Text<1024> hint{};

corticast_status keep(ErrorCode code, const char* what, const char* remedy) noexcept {
  message.set(what);
  hint.set(remedy);
  return static_cast<corticast_status>(code);
}

corticast_status out_of_memory() noexcept {
  return keep(ErrorCode::kDevice, "out of memory",
              "Use a smaller batch, or select fewer subjects or vertices.");
}

}  // namespace

corticast_status remember_failure() noexcept {
  try {
    throw;
  } catch (const Error& error) {
    return keep(error.code(), error.what(), error.hint().c_str());
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::length_error&) {  // more than any memory can hold
    return out_of_memory();
  } catch (const std::exception& error) {
    return keep(ErrorCode::kInternal, error.what(),
                "This is a bug in corticast; please report it.");
  } catch (...) {
    return keep(ErrorCode::kInternal, "an exception of an unknown type",
                "Callbacks must not throw through the C interface.");
  }
}

void require(const void* argument, const char* name) {
  if (argument != nullptr) return;
  throw Error(ErrorCode::kUsage, std::string(name) + " is NULL");
}

}  // namespace corticast::api

const char* corticast_last_error() {
  return corticast::api::message.get();
}

const char* corticast_last_hint() {
  return corticast::api::hint.get();
}

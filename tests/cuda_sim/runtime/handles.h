// Handles that are numbers dressed as pointers: never reused, never dereferenced, so that a use
// after destruction is told from a wrong pointer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace cuda_sim::runtime {

template <class Handle, class T>
class Handles {
 public:
  // kind: "stream"; tag sets the kinds' ranges of values apart.
  Handles(const char* kind, std::uint64_t tag) : kind_(kind), tag_(tag) {}

  std::shared_ptr<T> create() {
    auto object = std::make_shared<T>();
    object->number = ++count_;
    object->handle = reinterpret_cast<Handle>(value(count_));
    objects_[object->number] = object;
    return object;
  }
  std::shared_ptr<T> find(Handle handle) const {
    const auto found = objects_.find(number(handle));
    return found == objects_.end() ? nullptr : found->second;
  }
  void destroy(const T& object) { objects_.erase(object.number); }
  void clear() { objects_.clear(); }
  const std::map<std::uint64_t, std::shared_ptr<T>>& all() const { return objects_; }

  // For a handle that find() does not know: "stream 3, which has been destroyed".
  std::string describe(Handle handle) const {
    const std::uint64_t n = number(handle);
    if (n == 0) return "a value that is no " + std::string(kind_);
    return std::string(kind_) + " " + std::to_string(n) + ", which has been destroyed";
  }

 private:
  static constexpr std::uint64_t kBase = 0x7d00'0000'0000'0000U;
  std::uint64_t value(std::uint64_t n) const { return kBase + (tag_ << 40U) + n * 16; }
  std::uint64_t number(Handle handle) const {
    const std::uint64_t at = reinterpret_cast<std::uint64_t>(handle) - kBase - (tag_ << 40U);
    return at % 16 == 0 && at / 16 <= count_ ? at / 16 : 0;
  }

  const char* kind_;
  std::uint64_t tag_;
  std::uint64_t count_ = 0;
  std::map<std::uint64_t, std::shared_ptr<T>> objects_;
};

}  // namespace cuda_sim::runtime

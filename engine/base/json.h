// A JSON value that needs no memory to be destroyed: the JSON library's own takes some for that,
// and ends the process where there is none. Its parser and its text are used all the same.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace corticast {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json>;  // keys ascending, as they are written

  // A value of another kind than asked for, or a key that is not there.
  struct exception : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  Json(double value) : value_(value) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Json(T value) : value_(std::uint64_t{value}) {}
  template <std::signed_integral T>
  Json(T value) : value_(std::int64_t{value}) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  bool is_null() const { return holds<std::nullptr_t>(); }
  bool is_boolean() const { return holds<bool>(); }
  bool is_number_unsigned() const { return holds<std::uint64_t>(); }
  bool is_string() const { return holds<std::string>(); }
  bool is_array() const { return holds<Array>(); }
  bool is_object() const { return holds<Object>(); }

  // The value as bool, std::string, or an unsigned integer that can hold it.
  template <typename T>
  T get() const {
    if constexpr (std::same_as<T, bool> || std::same_as<T, std::string>) {
      return as<T>();
    } else {
      static_assert(std::unsigned_integral<T>);
      const auto number = as<std::uint64_t>();
      if (number > static_cast<T>(-1)) throw exception("a number too large");
      return static_cast<T>(number);
    }
  }
  const std::string& text() const { return as<std::string>(); }
  const Array& elements() const { return as<Array>(); }
  const Object& items() const { return as<Object>(); }
  Array& elements() { return as<Array>(); }
  Object& items() { return as<Object>(); }
  std::size_t size() const;  // of an array or object; otherwise 0

  // Of an object. A key that is not there: false; an exception; made, null becoming an object.
  bool contains(const std::string& key) const { return find(key) != nullptr; }
  const Json* find(const std::string& key) const;  // nullptr also of what is no object
  const Json& at(const std::string& key) const;
  Json& operator[](const std::string& key);
  // The value at `key`, or `otherwise` if there is none.
  std::string value(const std::string& key, const char* otherwise) const;
  bool value(const std::string& key, bool otherwise) const;

  bool operator==(const Json&) const = default;

  // On one line, without spaces. Bytes that are not UTF-8 become U+FFFD.
  std::string dump() const;

 private:
  template <typename T>
  bool holds() const {
    return std::holds_alternative<T>(value_);
  }
  template <typename T>
  const T& as() const {
    const T* const value = std::get_if<T>(&value_);
    if (value == nullptr) throw exception("a value of another kind");
    return *value;
  }
  template <typename T>
  T& as() {
    return const_cast<T&>(std::as_const(*this).as<T>());
  }
  void write(std::string& out) const;

  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_ = nullptr;
};

// What is wrong with a text that was to be JSON: "is not JSON: ...", "is nested too deeply", "has
// the key "k" twice". Two readers that differ in which of two equal keys they keep would see
// different values in one text.
struct JsonError : Json::exception {
  using exception::exception;
};

inline constexpr std::size_t kJsonDepth = 32;  // destruction is recursive

// max_depth: of arrays and objects in each other. Throws JsonError.
Json parse_json(std::string_view text, std::size_t max_depth = kJsonDepth);

// The text between quotation marks, as JSON writes it.
std::string json_text(std::string_view text);

}  // namespace corticast

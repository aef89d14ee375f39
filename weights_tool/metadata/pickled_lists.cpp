#include "weights_tool/metadata/pickled_lists.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace corticast::weights {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::kModel, where + ": " + what,
              "Nothing was executed. Expected what BERG's metadata files hold.");
}

// The `bytes` bytes of item i, little-endian.
std::array<char, 8> number_bytes(const NumpyArray& array, std::uint64_t i) {
  const std::size_t size = array.dtype.item_bytes;
  std::array<char, 8> item{};
  std::copy_n(array.bytes.data() + i * size, size, item.data());
  if (!array.dtype.little_endian) {
    std::reverse(item.begin(), item.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return item;
}

double integer_at(const NumpyArray& array, std::uint64_t i) {
  const auto bits = load_le<std::uint64_t>(number_bytes(array, i).data());
  const std::size_t unused = 64 - 8 * array.dtype.item_bytes;
  if (array.dtype.kind != 'i') return static_cast<double>(bits);
  return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
}

double number_at(const NumpyArray& array, std::uint64_t i, const std::string& where) {
  if (array.dtype.kind != 'f') return integer_at(array, i);
  const std::array<char, 8> item = number_bytes(array, i);
  if (array.dtype.item_bytes == 4) return double{load_le<float>(item.data())};
  if (array.dtype.item_bytes == 8) return load_le<double>(item.data());
  refuse(where, "an array of float" + std::to_string(8 * array.dtype.item_bytes) +
                    ", expected float32 or float64");
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18 & 7));
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// NumPy pads texts with zeros at their end.
std::string fixed_text_at(const NumpyArray& array, std::uint64_t i) {
  const std::uint64_t size = array.dtype.item_bytes;
  const std::string_view item = array.bytes.substr(i * size, size);
  if (array.dtype.kind == 'S') return std::string(item.substr(0, item.find_last_not_of('\0') + 1));
  std::string text;
  for (std::size_t at = 0; at < item.size(); at += 4) {
    auto code = load_le<std::uint32_t>(item.data() + at);
    if (!array.dtype.little_endian) code = __builtin_bswap32(code);
    append_utf8(text, code);
  }
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

bool is_missing(const Value& value) {
  return value.kind == Kind::kNone || (value.kind == Kind::kFloat && std::isnan(value.real));
}

double number_of(const Value& value, const std::string& where) {
  if (is_missing(value)) return kNaN;
  if (value.kind == Kind::kFloat) return value.real;
  if (value.kind == Kind::kInt || value.kind == Kind::kBool) {
    return static_cast<double>(value.integer);
  }
  refuse(where, "an item that is no number");
}

// What an entry is a list of: values, or items of an array's memory.
struct Items {
  std::uint64_t count = 0;
  const std::vector<ValueId>* values = nullptr;
  const NumpyArray* array = nullptr;
};

Items items_of(const PickleValues& values, ValueId id, const std::string& where) {
  const Value& value = values[id];
  if (value.kind == Kind::kList || value.kind == Kind::kTuple) {
    return {value.items.size(), &value.items, nullptr};
  }
  if (value.kind != Kind::kArray) refuse(where, "neither an array nor a list");
  const NumpyArray& array = values.arrays[static_cast<std::size_t>(value.integer)];
  if (!array.built || array.shape.size() != 1) {
    refuse(where, "an array of " + std::to_string(array.shape.size()) + " dimensions, expected 1");
  }
  if (array.dtype.kind != 'O') return {array.count, nullptr, &array};
  return {array.count, &values[array.objects].items, nullptr};
}

template <typename T>
std::optional<std::vector<T>> numbers_of(const PickleValues& values, ValueId id,
                                         const std::string& where,
                                         const std::function<T(double)>& convert) {
  if (values[id].kind == Kind::kNone) return std::nullopt;
  const Items items = items_of(values, id, where);
  if (items.array != nullptr &&
      (items.array->dtype.kind == 'U' || items.array->dtype.kind == 'S')) {
    refuse(where, "an array of texts, expected numbers");
  }
  std::vector<T> list;
  list.reserve(items.count);
  for (std::uint64_t i = 0; i < items.count; ++i) {
    list.push_back(convert(items.array != nullptr ? number_at(*items.array, i, where)
                                                  : number_of(values[(*items.values)[i]], where)));
  }
  return list;
}

}  // namespace

std::optional<std::string> text_of(const Value& value) {
  switch (value.kind) {
    case Kind::kString:
      return std::string(value.text);
    case Kind::kBool:
      return value.integer != 0 ? "true" : "false";
    case Kind::kInt:
      return std::to_string(value.integer);
    case Kind::kFloat: {
      std::array<char, 32> text{};
      const auto written = std::to_chars(text.data(), text.data() + text.size(), value.real);
      return std::string(text.data(), written.ptr);
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::vector<std::string>> texts_of(const PickleValues& values, ValueId id,
                                                 const std::string& where) {
  if (values[id].kind == Kind::kNone) return std::nullopt;
  const Items items = items_of(values, id, where);
  if (items.array != nullptr && items.array->dtype.kind != 'U' && items.array->dtype.kind != 'S') {
    refuse(where, "an array of numbers, expected texts");
  }
  std::vector<std::string> list;
  list.reserve(items.count);
  for (std::uint64_t i = 0; i < items.count; ++i) {
    if (items.array != nullptr) {
      list.push_back(fixed_text_at(*items.array, i));
      continue;
    }
    const Value& item = values[(*items.values)[i]];
    const std::optional<std::string> text = is_missing(item) ? "" : text_of(item);
    if (!text) refuse(where, "item " + std::to_string(i) + " is no text");
    list.push_back(*text);
  }
  return list;
}

std::optional<std::vector<std::int64_t>> counts_of(const PickleValues& values, ValueId id,
                                                   const std::string& where) {
  constexpr double kMost = 4'294'967'296.0;
  return numbers_of<std::int64_t>(values, id, where, [&](double number) -> std::int64_t {
    if (std::isnan(number)) return -1;
    if (number < 0 || number > kMost || number != std::floor(number)) {
      refuse(where, "an item is " + std::to_string(number) + ", expected a whole number from 0");
    }
    return static_cast<std::int64_t>(number);
  });
}

std::optional<std::vector<float>> floats_of(const PickleValues& values, ValueId id,
                                            const std::string& where) {
  return numbers_of<float>(values, id, where,
                           [](double number) { return static_cast<float>(number); });
}

}  // namespace corticast::weights

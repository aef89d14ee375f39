// Arguments of one call in a pickle, checked one by one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weights_tool/checkpoint/pickle_opcodes.h"
#include "weights_tool/checkpoint/pickle_values.h"

namespace corticast::weights {

inline constexpr std::size_t kMostDimensions = 8;

// Reads arguments of one call; every mismatch is refused at the call's offset.
class Arguments {
 public:
  Arguments(const PickleValues& values, std::span<const ValueId> items, const PickleReader& reader,
            std::uint64_t offset, std::string what)
      : values_(values), items_(items), reader_(reader), offset_(offset), what_(std::move(what)) {}

  const Value& at(std::size_t i, Kind kind, const char* meaning) const {
    if (i >= items_.size() || values_[items_[i]].kind != kind) {
      refuse(std::string(meaning) + " is missing or of the wrong type");
    }
    return values_[items_[i]];
  }

  ValueId id(std::size_t i) const { return items_[i]; }  // of one that at() accepted

  std::uint64_t size(std::size_t i, const char* meaning) const {
    return non_negative(at(i, Kind::kInt, meaning), meaning);
  }

  std::vector<std::uint64_t> sizes(std::size_t i, const char* meaning) const {
    const Value& tuple = at(i, Kind::kTuple, meaning);
    if (tuple.items.size() > kMostDimensions) {
      refuse(std::to_string(tuple.items.size()) + " dimensions, more than the limit of " +
             std::to_string(kMostDimensions));
    }
    std::vector<std::uint64_t> numbers;
    for (const ValueId item : tuple.items) {
      if (values_[item].kind != Kind::kInt) refuse(std::string(meaning) + " holds a non-integer");
      numbers.push_back(non_negative(values_[item], meaning));
    }
    return numbers;
  }

  void expect_count(std::size_t fewest, std::size_t most) const {
    if (items_.size() < fewest || items_.size() > most) {
      refuse(std::to_string(items_.size()) + " arguments, expected " + std::to_string(fewest) +
             (most > fewest ? " to " + std::to_string(most) : ""));
    }
  }

  [[noreturn]] void refuse(const std::string& why) const {
    reader_.refuse(offset_, what_ + ": " + why);
  }

 private:
  std::uint64_t non_negative(const Value& value, const char* meaning) const {
    if (value.integer < 0) {
      refuse(std::string(meaning) + " is negative (" + std::to_string(value.integer) + ")");
    }
    return static_cast<std::uint64_t>(value.integer);
  }

  const PickleValues& values_;
  std::span<const ValueId> items_;
  const PickleReader& reader_;
  std::uint64_t offset_;
  std::string what_;
};

}  // namespace corticast::weights

#include "weights_tool/checkpoint/pickle_numpy.h"

#include <algorithm>
#include <charconv>

#include "engine/base/bytes.h"
#include "engine/base/checked_math.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/pickle_arguments.h"

namespace corticast::weights {
namespace {

constexpr std::uint64_t kLongestItem = 1 << 16;  // bytes of one text

// "f4", "i8", "b1", "U25", "O8"; its byte order follows in the state.
NumpyDtype dtype_of(const Arguments& given) {
  const std::string_view code = given.at(0, Kind::kString, "the type").text;
  NumpyDtype dtype;
  dtype.kind = code.empty() ? '?' : code[0];
  const auto [end, status] = std::from_chars(code.data() + std::min<std::size_t>(1, code.size()),
                                             code.data() + code.size(), dtype.item_bytes);
  if (dtype.kind == 'U') dtype.item_bytes *= 4;
  const bool number = std::string_view("biuf").find(dtype.kind) != std::string_view::npos;
  const bool known = number ? dtype.item_bytes == 1 || dtype.item_bytes == 2 ||
                                  dtype.item_bytes == 4 || dtype.item_bytes == 8
                            : std::string_view("USO").find(dtype.kind) != std::string_view::npos;
  if (status != std::errc{} || end != code.data() + code.size() || !known ||
      dtype.item_bytes > kLongestItem) {
    given.refuse("the type " + in_quotes(code) + " is not one of numbers, texts or objects");
  }
  return dtype;
}

// A number or a text of its own.
Value scalar_of(const PickleValues& values, const Arguments& given) {
  const NumpyDtype& dtype =
      values.dtypes[static_cast<std::size_t>(given.at(0, Kind::kDtype, "the type").integer)];
  const std::string_view bytes = given.at(1, Kind::kBytes, "the value").text;
  Value value;
  if (bytes.size() != dtype.item_bytes || !dtype.little_endian) {
    given.refuse(std::to_string(bytes.size()) + " bytes of value, expected " +
                 std::to_string(dtype.item_bytes) + ", little-endian");
  }
  if (dtype.kind == 'f' && (bytes.size() == 4 || bytes.size() == 8)) {
    value.kind = Kind::kFloat;
    value.real =
        bytes.size() == 4 ? double{load_le<float>(bytes.data())} : load_le<double>(bytes.data());
    return value;
  }
  if (dtype.kind != 'i' && dtype.kind != 'u' && dtype.kind != 'b') {
    given.refuse("a value that is no whole or floating-point number");
  }
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bits |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  const std::size_t unused = 64 - 8 * bytes.size();
  value.kind = dtype.kind == 'b' ? Kind::kBool : Kind::kInt;
  value.integer = static_cast<std::int64_t>(bits);
  if (dtype.kind == 'i') value.integer = static_cast<std::int64_t>(bits << unused) >> unused;
  if (dtype.kind == 'u' && value.integer < 0) given.refuse("a number beyond 2^63");
  return value;
}

// (version, byte order, subtype, names, fields, size, alignment, flags, ...)
void set_dtype(NumpyDtype& dtype, const Arguments& state) {
  const std::string_view order = state.at(1, Kind::kString, "the byte order").text;
  if (order != "<" && order != ">" && order != "|" && order != "=") {
    state.refuse("the byte order " + in_quotes(order));
  }
  dtype.little_endian = order != ">" || dtype.item_bytes <= 1;
  for (const std::size_t compound : {2, 3, 4}) {
    (void)state.at(compound, Kind::kNone, "a type without fields or subtypes");
  }
}

// (version, shape, type, Fortran order, bytes or list of objects)
void set_array(const PickleValues& values, NumpyArray& array, const Arguments& state) {
  state.expect_count(5, 5);
  if (array.built) state.refuse("an array is given its state twice");
  array.shape = state.sizes(1, "the shape");
  array.dtype =
      values.dtypes[static_cast<std::size_t>(state.at(2, Kind::kDtype, "the type").integer)];
  array.fortran = state.at(3, Kind::kBool, "the order").integer != 0;
  array.count = 1;
  for (const std::uint64_t size : array.shape) {
    const auto product = checked_mul(array.count, size);
    if (!product) state.refuse("a shape of more than 2^64 items");
    array.count = *product;
  }
  const bool objects = array.dtype.kind == 'O';
  const Value& data = state.at(4, objects ? Kind::kList : Kind::kBytes, "the data");
  if (objects) {
    array.objects = state.id(4);
    if (data.items.size() != array.count) {
      state.refuse(std::to_string(data.items.size()) + " objects, the shape needs " +
                   std::to_string(array.count));
    }
  } else {
    const auto bytes = checked_mul(array.count, array.dtype.item_bytes);
    if (!bytes || data.text.size() != *bytes) {
      state.refuse(std::to_string(data.text.size()) + " bytes, " + std::to_string(array.count) +
                   " items of " + std::to_string(array.dtype.item_bytes) + " bytes need others");
    }
    array.bytes = data.text;
  }
  array.built = true;
}

}  // namespace

Value numpy_result(PickleValues& values, const AllowedGlobal& function,
                   std::span<const ValueId> arguments, const PickleReader& reader,
                   std::uint64_t offset) {
  const Arguments given(values, arguments, reader, offset, std::string(function.name));
  Value result;
  switch (function.role) {
    case Role::kReconstruct:
      if (given.at(0, Kind::kGlobal, "the class").global->role != Role::kNdarray) {
        given.refuse("rebuilds something that is no numpy.ndarray");
      }
      result.kind = Kind::kArray;
      result.integer = static_cast<std::int64_t>(values.arrays.size());
      values.arrays.emplace_back();
      return result;
    case Role::kDtype:
      result.kind = Kind::kDtype;
      result.integer = static_cast<std::int64_t>(values.dtypes.size());
      values.dtypes.push_back(dtype_of(given));
      return result;
    case Role::kScalar:
      given.expect_count(2, 2);
      return scalar_of(values, given);
    default:
      given.refuse("would be called");
  }
}

void set_numpy_state(PickleValues& values, ValueId object, ValueId state,
                     const PickleReader& reader, std::uint64_t offset) {
  const Arguments given(values, values[state].items, reader, offset, "BUILD");
  if (values[state].kind != Kind::kTuple) given.refuse("a state that is not a tuple");
  const Value& built = values[object];
  const auto index = static_cast<std::size_t>(built.integer);
  if (built.kind == Kind::kDtype) {
    set_dtype(values.dtypes[index], given);
  } else if (built.kind == Kind::kArray) {
    set_array(values, values.arrays[index], given);
  } else {
    given.refuse("applied to something that is no array and no type");
  }
}

}  // namespace corticast::weights

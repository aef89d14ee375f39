// What a pickle may build: plain data; references to tensors in a checkpoint; arrays in metadata.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "weights_tool/checkpoint/allowed_globals.h"
#include "weights_tool/checkpoint/dtype.h"

namespace corticast::weights {

enum class Kind : std::uint8_t {
  kNone,
  kBool,
  kInt,
  kFloat,
  kString,
  kTuple,
  kList,
  kDict,
  kGlobal,
  kStorage,
  kTensor,
  kBytes,
  kDtype,
  kArray,
};

using ValueId = std::uint32_t;  // index into PickleValues::values

// One object. Objects refer to each other by number, so shared and cyclic structures need no care
// and nothing recurses.
struct Value {
  Kind kind = Kind::kNone;
  std::uint16_t depth = 0;   // of what it contained when it was last changed
  std::int64_t integer = 0;  // kBool, kInt; kStorage, kTensor, kDtype, kArray: its index
  double real = 0;           // kFloat
  std::string_view text;     // kString, kBytes; points into the pickle
  const AllowedGlobal* global = nullptr;  // kGlobal
  std::vector<ValueId> items;             // kTuple, kList; kDict: key, value, key, value, ...
};

// A storage as a persistent id names it; where its bytes are is the container's business.
struct StorageReference {
  std::string_view key;
  DType dtype = DType::kF32;
  std::uint64_t count = 0;   // elements of the whole storage
  std::uint64_t offset = 0;  // a legacy view starts here; its length is view_count
  std::uint64_t view_count = 0;
  std::uint64_t position = 0;  // of the persistent id in the pickle, for messages
};

// A tensor over a storage; offset and strides count elements. Its extent is unchecked.
struct TensorReference {
  StorageReference storage;
  std::uint64_t offset = 0;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> stride;  // as many as shape
};

// The type of an array's items, as NumPy names it.
struct NumpyDtype {
  char kind = 0;  // 'b', 'i', 'u', 'f' numbers; 'U' text of UTF-32; 'S' bytes; 'O' objects
  std::uint64_t item_bytes = 0;
  bool little_endian = true;
};

// An array whose bytes, or objects, are all there.
struct NumpyArray {
  bool built = false;  // false: an empty array whose state never came
  NumpyDtype dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t count = 0;  // product of shape
  bool fortran = false;     // the first index runs fastest
  std::string_view bytes;   // points into the pickle; empty for objects
  ValueId objects = 0;      // a list of `count` values; 'O' only
};

struct PickleValues {
  std::vector<Value> values;
  std::vector<StorageReference> storages;
  std::vector<TensorReference> tensors;
  std::vector<NumpyDtype> dtypes;
  std::vector<NumpyArray> arrays;
  ValueId root = 0;
  std::uint64_t bytes = 0;  // consumed, STOP included

  const Value& operator[](ValueId id) const { return values[id]; }
  const Value& top() const { return values[root]; }
};

}  // namespace corticast::weights

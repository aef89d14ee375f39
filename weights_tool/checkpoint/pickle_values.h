// What a checkpoint's pickle may build: plain data and references to tensors.
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
};

using ValueId = std::uint32_t;  // index into PickleValues::values

// One object. Objects refer to each other by number, so shared and cyclic structures need no care
// and nothing recurses.
struct Value {
  Kind kind = Kind::kNone;
  std::uint16_t depth = 0;                // of what it contained when it was last changed
  std::int64_t integer = 0;               // kBool, kInt; kStorage, kTensor: index of the reference
  double real = 0;                        // kFloat
  std::string_view text;                  // kString; points into the pickle
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

struct PickleValues {
  std::vector<Value> values;
  std::vector<StorageReference> storages;
  std::vector<TensorReference> tensors;
  ValueId root = 0;
  std::uint64_t bytes = 0;  // consumed, STOP included

  const Value& operator[](ValueId id) const { return values[id]; }
  const Value& top() const { return values[root]; }
};

}  // namespace corticast::weights

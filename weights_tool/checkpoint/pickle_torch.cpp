#include "weights_tool/checkpoint/pickle_torch.h"

#include "engine/base/checked_math.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/pickle_arguments.h"

namespace corticast::weights {
namespace {

// _rebuild_tensor(storage, offset, size, stride) and, in version 2, three more that are ignored.
TensorReference tensor_of(const PickleValues& values, const Arguments& arguments) {
  TensorReference tensor;
  const Value& storage = arguments.at(0, Kind::kStorage, "the storage");
  tensor.storage = values.storages[static_cast<std::size_t>(storage.integer)];
  tensor.offset = arguments.size(1, "the storage offset");
  tensor.shape = arguments.sizes(2, "the size");
  tensor.stride = arguments.sizes(3, "the stride");
  if (tensor.shape.size() != tensor.stride.size()) {
    arguments.refuse(std::to_string(tensor.shape.size()) + " sizes but " +
                     std::to_string(tensor.stride.size()) + " strides");
  }
  return tensor;
}

}  // namespace

StorageReference storage_of(const PickleValues& values, ValueId id, const PickleReader& reader,
                            std::uint64_t offset) {
  const Arguments items(values, values[id].items, reader, offset, "persistent id");
  if (values[id].kind != Kind::kTuple) items.refuse("not a tuple");
  items.expect_count(5, 6);
  if (items.at(0, Kind::kString, "'storage'").text != "storage") {
    items.refuse("names a " + in_quotes(items.at(0, Kind::kString, "'storage'").text) +
                 ", expected 'storage'");
  }
  const AllowedGlobal& type = *items.at(1, Kind::kGlobal, "the storage class").global;
  if (type.role != Role::kStorage) {
    items.refuse("the storage class " + std::string(type.name) + " does not say what it holds");
  }
  StorageReference storage;
  storage.key = items.at(2, Kind::kString, "the storage key").text;
  storage.dtype = type.dtype;
  (void)items.at(3, Kind::kString, "the location");
  storage.count = items.size(4, "the element count");
  storage.view_count = storage.count;
  storage.position = offset;
  const std::vector<ValueId>& tuple = values[id].items;
  if (tuple.size() == 6 && values[tuple[5]].kind != Kind::kNone) {
    const Arguments view(values, items.at(5, Kind::kTuple, "the view").items, reader, offset,
                         "storage view");
    view.expect_count(3, 3);
    storage.offset = view.size(1, "the view's offset");
    storage.view_count = view.size(2, "the view's size");
    if (!fits(storage.offset, storage.view_count, storage.count)) {
      view.refuse(std::to_string(storage.view_count) + " elements at " +
                  std::to_string(storage.offset) + " of " + std::to_string(storage.count));
    }
  }
  return storage;
}

Value call_result(PickleValues& values, const AllowedGlobal& function,
                  std::span<const ValueId> arguments, const PickleReader& reader,
                  std::uint64_t offset) {
  const Arguments given(values, arguments, reader, offset, std::string(function.name));
  Value result;
  switch (function.role) {
    case Role::kOrderedDict:
      given.expect_count(0, 0);
      result.kind = Kind::kDict;
      return result;
    case Role::kSize:
      given.expect_count(1, 1);
      return given.at(0, Kind::kTuple, "the size");
    case Role::kRebuildParameter:
      given.expect_count(2, 3);
      return given.at(0, Kind::kTensor, "the tensor");
    case Role::kRebuildTensor:
      given.expect_count(4, 4);
      break;
    case Role::kRebuildTensorV2:
      given.expect_count(6, 7);
      break;
    case Role::kStorage:
    case Role::kTypedStorage:
    case Role::kReconstruct:
    case Role::kScalar:
    case Role::kDtype:
    case Role::kNdarray:
      given.refuse("would be called");
  }
  result.kind = Kind::kTensor;
  result.integer = static_cast<std::int64_t>(values.tensors.size());
  values.tensors.push_back(tensor_of(values, given));
  return result;
}

}  // namespace corticast::weights

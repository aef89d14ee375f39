// The stream that PyTorch wrote before 1.6: five pickles (magic number, protocol version, system
// information, object, storage keys), then per key an int64 element count and the raw elements.
#include "engine/base/checked_math.h"
#include "engine/base/error.h"
#include "weights_tool/checkpoint/container.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/pickle_machine.h"

namespace corticast::weights {
namespace {

constexpr std::int64_t kProtocolVersion = 1001;

class LegacyStream {
 public:
  LegacyStream(ByteSpan file, const std::string& file_name) : file_(file), name_(file_name) {}

  PickleValues pickle() {
    PickleValues values = run_pickle(file_.subspan(at_), name_, at_);
    at_ += values.bytes;
    return values;
  }

  // The raw elements of one storage; the count before them must be the pickle's.
  ByteSpan storage(const StorageReference& expected) {
    const std::string what =
        "storage " + in_quotes(expected.key) + " at byte " + std::to_string(at_);
    if (!fits(at_, sizeof(std::int64_t), file_.size())) refuse(what + ": the file is cut short");
    const auto count = load_le<std::uint64_t>(file_.data() + at_);
    at_ += sizeof(std::int64_t);
    if (count != expected.count) {
      refuse(what + ": " + std::to_string(count) + " elements in the file, the pickle says " +
             std::to_string(expected.count));
    }
    const std::uint64_t bytes = expected.count * item_bytes(expected.dtype);
    if (!fits(at_, bytes, file_.size())) {
      refuse(what + ": " + std::to_string(bytes) + " bytes expected, " +
             std::to_string(file_.size() - at_) + " remain; the file is cut short");
    }
    const ByteSpan data = file_.subspan(at_, bytes);
    at_ += bytes;
    return data;
  }

  void skip(std::uint64_t bytes) { at_ += bytes; }
  std::uint64_t remaining() const { return file_.size() - at_; }

  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorCode::kModel, name_ + ": " + what, "Download or save the checkpoint again.");
  }

 private:
  ByteSpan file_;
  const std::string& name_;
  std::uint64_t at_ = 0;
};

void check_system(const PickleValues& system, const LegacyStream& stream) {
  const std::vector<ValueId>& items = system.top().items;
  for (std::size_t i = 0; system.top().kind == Kind::kDict && i + 1 < items.size(); i += 2) {
    const Value& value = system[items[i + 1]];
    if (system[items[i]].text != "little_endian" || value.kind != Kind::kBool) continue;
    if (value.integer == 1) return;
    stream.refuse("written on a big-endian machine, which is not supported");
  }
  stream.refuse("its system information does not say 'little_endian'");
}

}  // namespace

Container open_legacy(ByteSpan file, const std::string& file_name) {
  LegacyStream stream(file, file_name);
  stream.skip(kLegacyMagicBytes);  // recognise() has compared them
  const PickleValues version = stream.pickle();
  if (version.top().kind != Kind::kInt || version.top().integer != kProtocolVersion) {
    stream.refuse("not version 1001 of PyTorch's stream format");
  }
  check_system(stream.pickle(), stream);
  Container container{stream.pickle(), {}};
  const auto described = distinct_storages(container.object, file_name);
  const PickleValues keys = stream.pickle();
  if (keys.top().kind != Kind::kList) stream.refuse("its storage keys are not a list");
  for (const ValueId item : keys.top().items) {
    const Value& key = keys[item];
    if (key.kind != Kind::kString) stream.refuse("a storage key that is not a string");
    const auto found = described.find(key.text);
    if (found == described.end()) {
      stream.refuse("storage " + in_quotes(key.text) + " is stored but no tensor describes it");
    }
    const ByteSpan data = stream.storage(*found->second);
    if (!container.storages.emplace(found->first, data).second) {
      stream.refuse("storage " + in_quotes(key.text) + " is stored twice");
    }
  }
  if (container.storages.size() != described.size()) {
    stream.refuse(std::to_string(container.storages.size()) +
                  " storages in the file, tensors name " + std::to_string(described.size()));
  }
  if (stream.remaining() != 0) {
    stream.refuse(std::to_string(stream.remaining()) + " bytes after the last storage");
  }
  return container;
}

}  // namespace corticast::weights

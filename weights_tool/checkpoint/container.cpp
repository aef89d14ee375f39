#include "weights_tool/checkpoint/container.h"

#include <cctype>

#include "engine/base/checked_math.h"
#include "engine/base/error.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/pickle_machine.h"

namespace corticast::weights {
namespace {

constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr std::string_view kLegacyMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.",
                                        kLegacyMagicBytes);
constexpr std::uint64_t kTarMagicAt = 257;

[[noreturn]] void refuse(const std::string& file_name, const std::string& what,
                         const std::string& hint) {
  throw Error(ErrorCode::kModel, file_name + ": " + what, hint);
}

Container open_zip(ByteSpan file, const std::string& file_name) {
  const ZipArchive archive(file, file_name);
  const ZipEntry& pickle = find_object_entry(archive, file_name);
  Container container{run_pickle(pickle.data, file_name + ", data.pkl", 0), {}};
  if (container.object.bytes != pickle.data.size()) {
    refuse(file_name,
           "data.pkl goes on for " + std::to_string(pickle.data.size() - container.object.bytes) +
               " bytes after its end",
           "Download or save the checkpoint again.");
  }
  const std::string prefix =
      std::string(pickle.name.substr(0, pickle.name.size() - std::string_view("data.pkl").size())) +
      "data/";
  for (const auto& [key, storage] : distinct_storages(container.object, file_name)) {
    const ZipEntry* entry = archive.find(prefix + std::string(key));
    if (entry == nullptr) {
      refuse(file_name, "storage " + in_quotes(key) + " is not in the file",
             "Download or save the checkpoint again.");
    }
    const std::uint64_t expected = storage->count * item_bytes(storage->dtype);
    if (entry->data.size() != expected) {
      refuse(file_name,
             "storage " + in_quotes(key) + ": " + std::to_string(entry->data.size()) +
                 " bytes in the file, " + std::to_string(storage->count) + " " +
                 std::string(dtype_name(storage->dtype)) + " elements need " +
                 std::to_string(expected),
             "Download or save the checkpoint again.");
    }
    container.storages.emplace(key, entry->data);
  }
  return container;
}

}  // namespace

ContainerForm recognise(ByteSpan file, const std::string& file_name) {
  const std::string_view text = as_text(file);
  if (text.starts_with(kZipMagic)) return ContainerForm::kZip;
  if (text.starts_with(kLegacyMagic)) return ContainerForm::kLegacy;
  if (text.empty()) {
    refuse(file_name, "the file is empty", "Download or save the checkpoint again.");
  }
  if (text.size() > kTarMagicAt + 5 && text.substr(kTarMagicAt, 5) == "ustar") {
    refuse(file_name, "a tar archive, the form PyTorch 0.1 wrote, is not supported",
           "Load it with PyTorch and save it again with torch.save.");
  }
  if (text.front() == '<') {
    refuse(file_name, "a web page or XML text, not a checkpoint",
           "The download failed; see what the file says and download it again.");
  }
  refuse(file_name, "not a PyTorch checkpoint (it starts with neither form's signature)",
         "Give a .pth file as written by torch.save.");
}

Container open_container(ByteSpan file, const std::string& file_name) {
  return recognise(file, file_name) == ContainerForm::kZip ? open_zip(file, file_name)
                                                           : open_legacy(file, file_name);
}

const ZipEntry& find_object_entry(const ZipArchive& archive, const std::string& file_name) {
  const ZipEntry* found = nullptr;
  for (const ZipEntry& entry : archive.entries()) {
    if (!entry.name.ends_with("/data.pkl")) continue;
    if (found != nullptr) {
      refuse(file_name, "two entries end in /data.pkl", "Save the checkpoint again.");
    }
    found = &entry;
  }
  if (found == nullptr) {
    refuse(file_name, "a zip archive without data.pkl, not a PyTorch checkpoint",
           "Give a .pth file as written by torch.save.");
  }
  const std::string prefix(found->name.substr(0, found->name.rfind('/') + 1));
  if (archive.find(prefix + "constants.pkl") != nullptr) {
    refuse(file_name, "a TorchScript program, not a checkpoint",
           "Save the model's state_dict() with torch.save.");
  }
  if (const ZipEntry* order = archive.find(prefix + "byteorder");
      order != nullptr && as_text(order->data) != "little") {
    refuse(file_name, "byte order " + in_quotes(as_text(order->data)) + ", expected 'little'",
           "Load it with PyTorch on a little-endian machine and save it again.");
  }
  return *found;
}

std::unordered_map<std::string_view, const StorageReference*> distinct_storages(
    const PickleValues& object, const std::string& file_name) {
  std::unordered_map<std::string_view, const StorageReference*> distinct;
  for (const StorageReference& storage : object.storages) {
    const std::string where =
        file_name + ", byte " + std::to_string(storage.position) + " of the pickle";
    if (!checked_mul(storage.count, item_bytes(storage.dtype))) {
      refuse(where,
             "storage " + in_quotes(storage.key) + " claims " + std::to_string(storage.count) +
                 " elements, more than any file can hold",
             "");
    }
    const auto [at, fresh] = distinct.emplace(storage.key, &storage);
    if (!fresh && (at->second->dtype != storage.dtype || at->second->count != storage.count)) {
      refuse(where, "storage " + in_quotes(storage.key) + " is described in two different ways",
             "");
    }
  }
  return distinct;
}

}  // namespace corticast::weights

#include "tests/weights/builders.h"

#include "weights_tool/checkpoint/checkpoint.h"

namespace corticast::test {

std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

std::string text(const std::string& value) {
  return "X" + le(static_cast<std::uint32_t>(value.size())) + value;
}

std::string number(std::int64_t value) {
  return "\x8a\x08" + le(value);
}

std::string numbers(const std::vector<std::int64_t>& values) {
  std::string tuple = "(";
  for (const std::int64_t value : values) tuple += number(value);
  return tuple + "t";
}

std::string tensor(const TensorSpec& spec) {
  return global("torch._utils", "_rebuild_tensor_v2") + "((" + text("storage") +
         global("torch", spec.storage) + text(spec.key) + text("cpu") + number(spec.count) +
         (spec.legacy ? "N" : "") + "tQ" + number(spec.offset) + numbers(spec.shape) +
         numbers(spec.stride) + "\x89" + global("collections", "OrderedDict") + ")RtR";
}

std::string dict_of(const std::string& value) {
  return kProto + "}" + text("x") + value + "s.";
}

std::string zip(const std::vector<ZipSpec>& entries, const std::string& before_end) {
  std::string file;
  std::string directory;
  for (const ZipSpec& entry : entries) {
    const auto name_bytes = static_cast<std::uint16_t>(entry.name.size());
    const auto start = static_cast<std::uint32_t>(file.size());
    const std::string times(4, '\0');
    file += "PK\x03\x04" + le(std::uint16_t{0}) + le(entry.flags) + le(entry.method) + times +
            std::string(12, '\0') + le(name_bytes) + le(std::uint16_t{0}) + entry.name + entry.data;
    const auto size = static_cast<std::uint32_t>(
        entry.size_lie >= 0 ? entry.size_lie : static_cast<std::int64_t>(entry.data.size()));
    directory += "PK\x01\x02" + le(std::uint32_t{0}) + le(entry.flags) + le(entry.method) + times +
                 le(std::uint32_t{0}) + le(size) + le(size) + le(name_bytes) +
                 std::string(12, '\0') +
                 le(entry.header_lie >= 0 ? static_cast<std::uint32_t>(entry.header_lie) : start) +
                 entry.name;
  }
  const auto count = static_cast<std::uint16_t>(entries.size());
  const auto start = static_cast<std::uint32_t>(file.size());
  return file + directory + before_end + "PK\x05\x06" + le(std::uint32_t{0}) + le(count) +
         le(count) + le(static_cast<std::uint32_t>(directory.size())) + le(start) +
         le(std::uint16_t{0});
}

std::vector<ZipSpec> checkpoint_entries(const std::string& pickle, const std::string& storage) {
  std::vector<ZipSpec> entries(3);
  entries[0].name = "a/data.pkl";
  entries[0].data = pickle;
  entries[1].name = "a/data/0";
  entries[1].data = storage;
  entries[2].name = "a/version";
  entries[2].data = "3\n";
  return entries;
}

std::string checkpoint_zip(const std::string& pickle, const std::string& storage) {
  return zip(checkpoint_entries(pickle, storage));
}

std::string checkpoint_legacy(const std::string& pickle, const std::vector<std::string>& keys,
                              const std::string& tail) {
  const std::string magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  std::string list = kProto + "](";
  for (const std::string& key : keys) list += text(key);
  return magic + kProto + "M\xe9\x03." + kProto + "}" + text("little_endian") + "\x88s." + pickle +
         list + "e." + tail;
}

std::string floats(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) bytes += le(value);
  return bytes;
}

std::string verdict(const std::string& bytes) {
  const TemporaryFolder folder;
  write_text(folder / "x.pth", bytes);
  try {
    const weights::Checkpoint checkpoint(folder / "x.pth");
    for (const weights::Tensor& tensor : checkpoint.tensors()) {
      if (weights::is_floating(tensor.dtype) && tensor.items < 100000) {
        (void)checkpoint.read_all(tensor);
      }
    }
    return "";
  } catch (const Error& error) {
    return std::to_string(error.exit_code()) + ": " + error.what();
  }
}

}  // namespace corticast::test

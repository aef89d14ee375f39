#include "weights_tool/metadata/pickled_npy.h"

#include "engine/base/checked_math.h"
#include "engine/base/error.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/pickle_machine.h"

namespace corticast::weights {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::kModel, name + ": " + what,
              "Expected a subject's metadata file as BERG writes it: numpy.save(path, {...}).");
}

}  // namespace

PickleValues read_pickled_npy(ByteSpan file, const std::string& name) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  const std::string_view text = as_text(file);
  if (!text.starts_with(kMagic)) refuse(name, "not a .npy file");
  const std::size_t version_at = kMagic.size();
  if (text.size() < version_at + 6) refuse(name, "cut short in the header");
  const int version = text[version_at];
  if (version < 1 || version > 3) {
    refuse(name, "version " + std::to_string(version) + " of .npy, expected 1 to 3");
  }
  const std::size_t length_at = version_at + 2;
  const std::uint64_t length = version == 1 ? load_le<std::uint16_t>(text.data() + length_at)
                                            : load_le<std::uint32_t>(text.data() + length_at);
  const std::uint64_t begin = length_at + (version == 1 ? 2 : 4);
  if (!fits(begin, length, text.size())) refuse(name, "cut short in the header");
  const std::string_view header = text.substr(begin, length);
  if (header.find("'descr': '|O'") == std::string_view::npos ||
      header.find("'shape': ()") == std::string_view::npos) {
    refuse(name, "holds " + in_quotes(header.substr(0, header.find('\n'))) +
                     ", expected one pickled object ('descr': '|O', 'shape': ())");
  }
  return run_pickle(file.subspan(begin + length), name, begin + length, PickleKind::kMetadata);
}

}  // namespace corticast::weights

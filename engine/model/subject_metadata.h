// What is known of a subject beside the readout: how well any model could do (noise ceilings), what
// the subject saw, who the subject is. Imported from BERG's metadata files into the model file.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace corticast {

// In BERG's order; each [91,282], NaN where there is none.
inline constexpr std::array<std::string_view, 6> kNoiseCeilings = {
    "train_n-1", "train_n-avg", "test_n-1", "test_n-avg", "artificial_n-1", "artificial_n-avg"};

// Width of each: every grayordinate of the HCP's 91k space.
inline constexpr std::uint64_t kCeilingGrayordinates = 91'282;

// The stimuli of the subject's dataset, as BERG lists them. alias, source and reps are empty or as
// long as `filenames`; indices are into `filenames`. A text that is not UTF-8 has U+FFFD instead.
struct Stimuli {
  std::vector<std::string> filenames, alias, source;
  std::vector<std::int64_t> train_idx, test_idx;
  std::vector<std::string> train_filenames, test_filenames;
  std::vector<std::int64_t> reps;  // how often this subject saw each; -1 where nobody noted it

  bool empty() const {
    return filenames.empty() && train_filenames.empty() && test_filenames.empty();
  }
};

struct SubjectMetadata {
  std::vector<std::pair<std::string, std::string>> facts;  // age, sex, ...: name and value as text
  // By index into kNoiseCeilings; empty: none. Views into the mapped model file.
  std::array<std::span<const float>, 6> noise_ceilings;
  Stimuli stimuli;

  bool empty() const;
};

// Index into kNoiseCeilings of "test_n-avg" or "test_n-avg_noiseceiling"; nullopt if unknown.
std::optional<std::size_t> noise_ceiling_named(std::string_view name);

}  // namespace corticast

// Which image of one file is which of another. Names seldom agree to the letter: a prediction is
// "photos/dog.jpg" where the measurement is "dog" or "sub-01_NSD_stimulus-dog_phase-test_rep-0".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

enum class MatchBy {
  kAuto,   // the first of the next three under which any image is found
  kName,   // the whole name
  kFile,   // what follows the last '/'
  kStem,   // that, without the ending of an image file (.jpg .jpeg .png .bmp .tif .tiff .webp
           // .gif .mp4, in any letter case)
  kOrder,  // the first is the first
};

// "auto", "name", "file", "stem", "order". Throws Error{kUsage}.
MatchBy parse_match(std::string_view word);
std::string_view match_word(MatchBy by);

// What kName, kFile and kStem compare.
std::string match_key(const std::string& name, MatchBy by);

struct Match {
  MatchBy by = MatchBy::kName;  // what was compared; never kAuto
  // Pairs, ascending in `left`, then in `right`: left[i] is right[i]. One of the left may have
  // several on the right (repetitions), never the reverse.
  std::vector<std::size_t> left, right;
  std::vector<std::size_t> left_alone, right_alone;  // ascending
};

// Throws Error{kUsage}: two of the left have the name that one of the right asks for; kOrder with
// different numbers. No pair at all is an empty answer.
Match match_names(const std::vector<std::string>& left, const std::vector<std::string>& right,
                  MatchBy by);

// "a, b, c and 7 more", for messages.
std::string some_names(const std::vector<std::string>& names, const std::vector<std::size_t>& which,
                       std::size_t shown = 3);

// One presentation of a stimulus. Recognised are names that end in "_rep-N", before the ending of
// an image file if there is one; of these the stimulus is what follows "stimulus-", up to "_phase-"
// (MOSAIC's names), or else all before "_rep-".
struct Trial {
  std::string stimulus;  // the whole name where it is no repetition
  std::optional<unsigned> repetition;
};
Trial trial_of(const std::string& name);

// Names of the same stimulus together, in order of first appearance.
struct Repetitions {
  std::vector<std::string> stimuli;
  std::vector<std::vector<std::size_t>> members;  // of each, ascending; at least one
  std::size_t largest = 0;                        // members of one stimulus
};
Repetitions repetitions_of(const std::vector<std::string>& names);

}  // namespace corticast

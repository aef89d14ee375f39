// What a user types: areas, groups, subjects, precisions, numbers, names of files. Each parser sees
// the whole text; what it accepts must mean the same when it is written out again.
#include <algorithm>

#include "cli/shard_words.h"
#include "cli/words.h"
#include "engine/atlas/command_selection.h"
#include "engine/atlas/subjects.h"
#include "engine/backend/method.h"
#include "engine/base/text.h"
#include "tests/fuzz/target.h"
#include "weights_tool/published_name.h"

using namespace corticast;

namespace {

// A control character of ASCII, or of the 32 above it, which UTF-8 writes as C2 80 to C2 9F.
bool moves_the_cursor(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

void numbers(const std::string& text) {
  unsigned value = 0;
  if (parse_number(text, value)) {
    const std::string digits = std::to_string(value);
    fuzz::demand(
        text.ends_with(digits) && text.find_first_not_of('0') >= text.size() - digits.size(),
        "a number is its digits after zeros");
    std::string plain = grouped(value);
    std::erase(plain, ',');
    fuzz::demand(plain == digits, "grouping adds commas only");
  }
  for (const std::string& piece : split_list(text)) {
    fuzz::demand(!piece.empty() && split_list(piece) == std::vector{piece},
                 "a piece of a list is a list of one");
  }
  const std::string shown = cli::printable(text);
  fuzz::demand(is_utf8(shown) && !moves_the_cursor(shown), "what is shown cannot move the cursor");
  fuzz::demand(cli::printable(shown) == shown, "what can be shown is shown as it is");
}

void methods(const std::string& text) {
  fuzz::answers([&] { fuzz::demand(to_string(parse_precision(text)) == text, "a precision"); });
  fuzz::answers([&] { fuzz::demand(to_string(parse_readout_method(text)) == text, "a readout"); });
}

void subjects(const std::string& text) {
  if (const auto subject = parse_subject(text)) {
    fuzz::demand(parse_subject(subject->canonical()) == subject, "NSD-01 is understood");
    fuzz::demand(parse_subject(subject->key()) == subject, "sub-01_NSD is understood");
  }
  if (const auto name = weights::parse_published_name(text)) (void)name->model_id();
  ModelInfo info;
  for (const char* key : {"sub-01_NSD", "sub-02_NSD", "sub-08_NSD", "sub-02_THINGS"}) {
    info.subjects.push_back(*parse_subject(key));
  }
  for (const bool multihead : {true, false}) {
    info.multihead = multihead;
    fuzz::answers([&] {
      const std::vector<Target> targets = resolve_subjects(info, text);
      fuzz::demand(!targets.empty() && targets.size() <= info.readouts(), "each subject once");
    });
  }
}

// Every 64th vertex of the visual model: a model to select from in no time.
std::vector<std::int32_t> few_vertices() {
  const std::vector<std::int32_t>& visual = vertex_list(VertexSet::kVisual);
  std::vector<std::int32_t> few;
  for (std::size_t v = 0; v < visual.size(); v += 64) few.push_back(visual[v]);
  return few;
}

// Environment variables of launchers: lines NAME=value.
void shards(const std::string& text) {
  const auto variable = [&](const char* name) -> const char* {
    static std::string value;
    const std::string start = std::string(name) + "=";
    const std::size_t at = text.find(start);
    if (at == std::string::npos) return nullptr;
    const std::size_t from = at + start.size();
    value = text.substr(from, std::min(text.find('\n', from), text.size()) - from);
    return value.c_str();
  };
  for (const std::string& word : {text, std::string("auto")}) {
    fuzz::answers([&] {
      const Shard shard = cli::parse_shard(word, variable).shard;
      fuzz::demand(shard.index < shard.count, "a shard is one of its number");
      fuzz::demand(cli::parse_shard(cli::to_string(shard), variable).shard == shard, "i/n");
    });
  }
}

void selections(const std::string& text) {
  fuzz::answers([&] {
    for (const int group : parse_groups(text)) {
      fuzz::demand(group >= 1 && group <= kGroups, "a group is one of 22");
    }
  });
  static const std::vector<std::int32_t> some = few_vertices();
  const auto width = static_cast<std::uint32_t>(some.size());
  for (const CommandSelection& selection :
       {CommandSelection{{text}, {}, {}}, CommandSelection{{}, text, {}}}) {
    fuzz::answers([&] {
      ColumnUnion chosen(width, some);
      add_command_selection(chosen, selection);
      const std::vector<std::uint32_t> columns = chosen.columns();
      fuzz::demand(!columns.empty() && columns.back() < width, "a selection selects");
      fuzz::demand(!chosen.area_labels().empty(), "what is selected has areas");
    });
  }
  fuzz::answers([&] { (void)select_mosaic(width, some, split_list(text)); });
  fuzz::answers([&] { (void)select_berg(width, some, {split_list(text), {}, {}}); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  numbers(text);
  methods(text);
  subjects(text);
  shards(text);
  selections(text);
  return 0;
}

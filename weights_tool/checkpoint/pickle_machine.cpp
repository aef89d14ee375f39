#include "weights_tool/checkpoint/pickle_machine.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/pickle_numpy.h"
#include "weights_tool/checkpoint/pickle_opcodes.h"
#include "weights_tool/checkpoint/pickle_torch.h"

namespace corticast::weights {
namespace {

struct Limits {
  std::size_t values, memo, stack;
};
// The largest published checkpoint (93 subjects) needs about 12,000 values, 3,400 memo entries, a
// stack of 800 and depth 4.
constexpr Limits kOfCheckpoints = {1u << 19, 1u << 18, 1u << 18};
// The largest dataset has 70,850 stimuli, each with three texts that are remembered.
constexpr Limits kOfMetadata = {1u << 21, 1u << 21, 1u << 18};

constexpr std::size_t kMostMarks = 64;
constexpr std::uint16_t kDeepest = 64;
constexpr std::uint64_t kMostBytes = 64u << 20;
constexpr std::uint64_t kHighestProtocol = 5;
constexpr ValueId kUnset = 0xFFFFFFFF;

class Machine {
 public:
  Machine(ByteSpan bytes, const std::string& where, std::uint64_t base, PickleKind kind)
      : reader_(bytes.first(std::min<std::size_t>(bytes.size(), kMostBytes)), where, base),
        metadata_(kind == PickleKind::kMetadata),
        limits_(metadata_ ? kOfMetadata : kOfCheckpoints) {}

  PickleValues run() {
    while (true) {
      now_ = reader_.next();
      if (!accepted(*now_.opcode)) {
        refuse(std::string("opcode ") + now_.opcode->name + " is not accepted" + operand());
      }
      if (now_.opcode->code == '.') break;
      step();
    }
    made_.root = pop();
    if (!stack_.empty() || !marks_.empty()) refuse("STOP leaves values on the stack");
    made_.bytes = reader_.position();
    return std::move(made_);
  }

 private:
  bool accepted(const Opcode& opcode) const {
    if (!metadata_) return opcode.accepted;
    constexpr std::string_view kBytesOpcodes = "BC\x8e";
    return opcode.code != 'Q' &&  // BINPERSID, which names a storage
           (opcode.accepted || kBytesOpcodes.find(opcode.code) != std::string_view::npos);
  }

  void step();
  void step_container();
  void step_number();

  [[noreturn]] void refuse(const std::string& what) const { reader_.refuse(now_.offset, what); }

  // What a refused opcode refers to, for the message.
  std::string operand() const {
    if (now_.opcode->argument != Argument::kTwoLines) return {};
    return " (" + in_quotes(std::string(now_.text) + "." + std::string(now_.second)) + ")";
  }

  void push(ValueId id) {
    if (stack_.size() >= limits_.stack)
      refuse("more than " + std::to_string(limits_.stack) + " values");
    stack_.push_back(id);
  }

  ValueId push(Value value) {
    if (made_.values.size() >= limits_.values) {
      refuse("more than " + std::to_string(limits_.values) + " values");
    }
    const auto id = static_cast<ValueId>(made_.values.size());
    made_.values.push_back(std::move(value));
    push(id);
    return id;
  }

  void push_int(std::int64_t integer) {
    Value value;
    value.kind = Kind::kInt;
    value.integer = integer;
    push(std::move(value));
  }

  void push_empty(Kind kind) {
    Value value;
    value.kind = kind;
    push(std::move(value));
  }

  // First stack position that belongs to the innermost mark: nothing below may be popped.
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  ValueId pop() {
    const ValueId id = peek();
    stack_.pop_back();
    return id;
  }

  ValueId peek() const {
    if (stack_.size() <= floor()) refuse(std::string(now_.opcode->name) + " finds an empty stack");
    return stack_.back();
  }

  std::vector<ValueId> pop_to_mark() {
    if (marks_.empty()) refuse(std::string(now_.opcode->name) + " finds no MARK");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<ValueId> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }

  Value& top_of(Kind kind, const char* expected) {
    Value& value = made_.values[peek()];
    if (value.kind != kind) {
      refuse(std::string(now_.opcode->name) + " is applied to something that is not a " + expected);
    }
    return value;
  }

  // Appends to a container that exists or is about to.
  void fill(Value& container, std::span<const ValueId> items) {
    for (const ValueId item : items) {
      const int depth = made_.values[item].depth + 1;
      if (depth > kDeepest) refuse("nested deeper than " + std::to_string(kDeepest) + " levels");
      container.depth = std::max(container.depth, static_cast<std::uint16_t>(depth));
      container.items.push_back(item);
    }
  }

  void push_filled(Kind kind, std::span<const ValueId> items) {
    Value value;
    value.kind = kind;
    fill(value, items);
    push(std::move(value));
  }

  void push_tuple(std::size_t count) {
    std::vector<ValueId> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    push_filled(Kind::kTuple, items);
  }

  // Items of a dict come in pairs whose keys are strings (state dicts) or numbers.
  void check_pairs(std::span<const ValueId> items) {
    if (items.size() % 2 != 0) refuse("a dict key without a value");
    for (std::size_t i = 0; i < items.size(); i += 2) {
      const Kind kind = made_.values[items[i]].kind;
      if (kind != Kind::kString && kind != Kind::kInt) refuse("a dict key that is not a string");
    }
  }

  void push_global(std::string_view module, std::string_view name) {
    Value value;
    value.kind = Kind::kGlobal;
    value.global =
        find_allowed(module, name, metadata_ ? PickleKind::kMetadata : PickleKind::kCheckpoint);
    if (value.global == nullptr) {
      refuse("refers to " + in_quotes(std::string(module) + "." + std::string(name)) +
             ", which is not on the list of accepted names");
    }
    push(std::move(value));
  }

  void remember(std::uint64_t slot) {
    if (slot >= limits_.memo) refuse("memo entry " + std::to_string(slot) + " is beyond the limit");
    if (slot >= memo_.size()) memo_.resize(slot + 1, kUnset);
    if (memo_[slot] == kUnset) ++remembered_;
    memo_[slot] = peek();
  }

  void recall(std::uint64_t slot) {
    if (slot >= memo_.size() || memo_[slot] == kUnset) {
      refuse("memo entry " + std::to_string(slot) + " was never set");
    }
    push(memo_[slot]);
  }

  void reduce() {
    const ValueId arguments = pop();
    const ValueId function = pop();
    if (made_[function].kind != Kind::kGlobal || made_[arguments].kind != Kind::kTuple) {
      refuse("REDUCE without an accepted function and a tuple of arguments");
    }
    // A copy: call_result may move the values.
    const std::vector<ValueId> items = made_[arguments].items;
    const auto result = metadata_ ? &numpy_result : &call_result;
    push(result(made_, *made_[function].global, items, reader_, now_.offset));
  }

  void persistent_id() {
    Value value;
    value.kind = Kind::kStorage;
    value.integer = static_cast<std::int64_t>(made_.storages.size());
    made_.storages.push_back(storage_of(made_, pop(), reader_, now_.offset));
    push(std::move(value));
  }

  // The only state a checkpoint carries is an OrderedDict's _metadata (module versions): ignored.
  void build() {
    if (metadata_) {
      const ValueId state = pop();
      set_numpy_state(made_, peek(), state, reader_, now_.offset);
      return;
    }
    if (made_[pop()].kind != Kind::kDict) refuse("BUILD with a state that is not a dict");
    (void)top_of(Kind::kDict, "dict");
  }

  void long_bytes() {
    if (now_.text.size() > 8) {
      refuse("an integer of " + std::to_string(now_.text.size()) +
             " bytes, at most 8 are accepted");
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < now_.text.size(); ++i) {
      bits |= std::uint64_t{static_cast<unsigned char>(now_.text[i])} << (8 * i);
    }
    const std::size_t unused = 64 - 8 * now_.text.size();
    const bool negative = !now_.text.empty() && (now_.text.back() & '\x80') != 0;
    if (negative && unused > 0) bits |= ~std::uint64_t{0} << (64 - unused);
    push_int(static_cast<std::int64_t>(bits));
  }

  void long_line() {
    std::string_view digits = now_.text;
    if (digits.ends_with('L')) digits.remove_suffix(1);
    std::int64_t integer = 0;
    const auto [end, status] =
        std::from_chars(digits.data(), digits.data() + digits.size(), integer);
    if (status != std::errc{} || end != digits.data() + digits.size()) {
      refuse("LONG " + in_quotes(now_.text) + " is not a 64-bit integer");
    }
    push_int(integer);
  }

  PickleReader reader_;
  bool metadata_;
  Limits limits_;
  Instruction now_;
  PickleValues made_;
  std::vector<ValueId> stack_;
  std::vector<std::size_t> marks_;  // stack heights
  std::vector<ValueId> memo_;
  std::size_t remembered_ = 0;
};

void Machine::step() {
  switch (now_.opcode->code) {
    case '\x80':  // PROTO
      if (now_.number > kHighestProtocol) {
        refuse("pickle protocol " + std::to_string(now_.number) + ", at most 5 is known");
      }
      return;
    case '\x95':  // FRAME: a hint for buffered readers
      return;
    case 'c':
      return push_global(now_.text, now_.second);
    case '\x93': {  // STACK_GLOBAL
      const std::string_view name = top_of(Kind::kString, "string").text;
      (void)pop();
      const std::string_view module = top_of(Kind::kString, "string").text;
      (void)pop();
      return push_global(module, name);
    }
    case 'q':
    case 'r':
      return remember(now_.number);
    case '\x94':  // MEMOIZE
      return remember(remembered_);
    case 'h':
    case 'j':
      return recall(now_.number);
    case 'Q':
      return persistent_id();
    case 'R':
      return reduce();
    case 'b':
      return build();
    case '0':  // POP
      // On a mark, Python pops the mark.
      if (!marks_.empty() && stack_.size() == marks_.back()) {
        marks_.pop_back();
      } else {
        (void)pop();
      }
      return;
    case '1':  // POP_MARK
      (void)pop_to_mark();
      return;
    case '2':  // DUP
      return push(peek());
    case '(':
      if (marks_.size() >= kMostMarks) {
        refuse("nested deeper than " + std::to_string(kMostMarks) + " levels");
      }
      marks_.push_back(stack_.size());
      return;
    default:
      return step_container();
  }
}

void Machine::step_container() {
  switch (now_.opcode->code) {
    case ')':
      return push_empty(Kind::kTuple);
    case ']':
      return push_empty(Kind::kList);
    case '}':
      return push_empty(Kind::kDict);
    case 't':
      return push_filled(Kind::kTuple, pop_to_mark());
    case '\x85':
      return push_tuple(1);
    case '\x86':
      return push_tuple(2);
    case '\x87':
      return push_tuple(3);
    case 'l':
      return push_filled(Kind::kList, pop_to_mark());
    case 'd': {
      const std::vector<ValueId> items = pop_to_mark();
      check_pairs(items);
      return push_filled(Kind::kDict, items);
    }
    case 's':
    case 'u': {
      std::vector<ValueId> items(2);
      if (now_.opcode->code == 'u') {
        items = pop_to_mark();
      } else {
        items[1] = pop();
        items[0] = pop();
      }
      check_pairs(items);
      return fill(top_of(Kind::kDict, "dict"), items);
    }
    case 'a': {
      const ValueId item = pop();
      return fill(top_of(Kind::kList, "list"), std::span(&item, 1));
    }
    case 'e': {
      const std::vector<ValueId> items = pop_to_mark();
      return fill(top_of(Kind::kList, "list"), items);
    }
    default:
      return step_number();
  }
}

void Machine::step_number() {
  Value value;
  switch (now_.opcode->code) {
    case 'J':
    case 'K':
    case 'M':
      return push_int(static_cast<std::int64_t>(now_.number));
    case '\x8a':
      return long_bytes();
    case 'L':
      return long_line();
    case 'N':
      break;
    case '\x88':
    case '\x89':
      value.kind = Kind::kBool;
      value.integer = now_.opcode->code == '\x88' ? 1 : 0;
      break;
    case 'G':
      value.kind = Kind::kFloat;
      value.real = now_.real;
      break;
    case 'B':
    case 'C':
    case '\x8e':
      value.kind = Kind::kBytes;
      value.text = now_.text;
      break;
    case 'X':
    case '\x8c':
    case '\x8d':
    case 'T':
    case 'U':
      value.kind = Kind::kString;
      value.text = now_.text;
      break;
    default:
      refuse(std::string("opcode ") + now_.opcode->name + " is not accepted");
  }
  push(std::move(value));
}

}  // namespace

PickleValues run_pickle(ByteSpan bytes, const std::string& where, std::uint64_t base,
                        PickleKind kind) {
  return Machine(bytes, where, base, kind).run();
}

}  // namespace corticast::weights

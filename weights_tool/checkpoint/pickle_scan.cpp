#include "weights_tool/checkpoint/pickle_scan.h"

#include <unordered_map>

#include "engine/base/error.h"
#include "weights_tool/checkpoint/container.h"
#include "weights_tool/checkpoint/pickle_opcodes.h"

namespace corticast::weights {
namespace {

constexpr std::size_t kMostFindings = 100000;
constexpr std::size_t kMostStack = 1u << 20;
constexpr std::size_t kLongestName = 200;
constexpr int kLegacyPickles = 5;

// What is known of a value on the stack: enough to name what gets called.
struct Guess {
  enum class Kind : std::uint8_t { kUnknown, kMark, kText, kGlobal, kPlain } kind = Kind::kUnknown;
  // Views into the pickle: a memo can repeat a text any number of times.
  std::string_view text;    // kText: the text; kGlobal: the name
  std::string_view module;  // kGlobal
  bool accepted = false;    // kGlobal: on the list and callable
};

class Scanner {
 public:
  Scanner(ByteSpan bytes, const std::string& where, std::uint64_t base)
      : reader_(bytes, where, base) {}

  PickleScan run() {
    try {
      while (true) {
        now_ = reader_.next();
        if (now_.opcode->code == '.') break;
        if (!now_.opcode->accepted) {
          add(Finding::What::kOpcode, now_.opcode->name, false);
        }
        step();
        if (stack_.size() > kMostStack || scan_.findings.size() > kMostFindings) {
          reader_.refuse(now_.offset, "too much to follow");
        }
      }
    } catch (const Error& error) {
      scan_.problem = error.what();
    }
    scan_.bytes = reader_.position();
    return std::move(scan_);
  }

 private:
  using Kind = Guess::Kind;

  void add(Finding::What what, const std::string& name, bool accepted) {
    scan_.findings.push_back({what, name, now_.opcode->name, now_.offset, accepted});
  }

  void push(Kind kind, std::string_view text = {}) { stack_.push_back({kind, text, {}, false}); }

  static std::string full_name(std::string_view module, std::string_view name) {
    return std::string(module.substr(0, kLongestName)) + "." +
           std::string(name.substr(0, kLongestName));
  }

  // An empty stack yields unknown values: the point is to see on, not to judge structure.
  Guess pop() {
    if (stack_.empty()) return {};
    const Guess top = stack_.back();
    stack_.pop_back();
    return top;
  }

  // Drops everything down to the innermost mark and returns what was first above it.
  Guess pop_to_mark() {
    Guess last;
    while (!stack_.empty()) {
      const Guess top = pop();
      if (top.kind == Kind::kMark) break;
      last = top;
    }
    return last;
  }

  void global(std::string_view module, std::string_view name) {
    const AllowedGlobal* allowed = find_allowed(module, name);
    add(Finding::What::kGlobal, full_name(module, name), allowed != nullptr);
    stack_.push_back(
        {Kind::kGlobal, name, module, allowed != nullptr && is_callable(allowed->role)});
  }

  void call(const Guess& function, bool by_reduce) {
    const bool known = function.kind == Kind::kGlobal;
    add(Finding::What::kCall, known ? full_name(function.module, function.text) : "(unknown)",
        known && by_reduce && function.accepted);
    push(known && function.accepted ? Kind::kPlain : Kind::kUnknown);
  }

  void step();
  void step_refused();

  PickleReader reader_;
  Instruction now_;
  PickleScan scan_;
  std::vector<Guess> stack_;
  std::unordered_map<std::uint64_t, Guess> memo_;
};

void Scanner::step() {
  switch (now_.opcode->code) {
    case '\x80':
    case '\x95':
      return;
    case 'c':
      return global(now_.text, now_.second);
    case '\x93': {  // STACK_GLOBAL
      const Guess name = pop();
      const Guess module = pop();
      const auto text = [](const Guess& guess) {
        return guess.kind == Kind::kText ? guess.text : std::string_view("(computed)");
      };
      return global(text(module), text(name));
    }
    case 'q':
    case 'r':
    case '\x94': {
      const std::uint64_t slot = now_.opcode->code == '\x94' ? memo_.size() : now_.number;
      if (!stack_.empty()) memo_[slot] = stack_.back();
      return;
    }
    case 'h':
    case 'j': {
      const auto found = memo_.find(now_.number);
      stack_.push_back(found == memo_.end() ? Guess{} : found->second);
      return;
    }
    case '(':
      return push(Kind::kMark);
    case 't':
    case 'l':
    case 'd':
      (void)pop_to_mark();
      return push(Kind::kPlain);
    case '\x87':
      (void)pop();
      [[fallthrough]];
    case '\x86':
      (void)pop();
      [[fallthrough]];
    case '\x85':
      (void)pop();
      return push(Kind::kPlain);
    case 'u':
    case 'e':
    case '1':
      (void)pop_to_mark();
      return;
    case 's':
      (void)pop();
      [[fallthrough]];
    case 'a':
    case '0':
      (void)pop();
      return;
    case '2':
      if (!stack_.empty()) stack_.push_back(stack_.back());
      return;
    case 'R': {
      (void)pop();
      return call(pop(), true);
    }
    case 'b': {  // BUILD runs __setstate__ of whatever lies below
      (void)pop();
      if (!stack_.empty() && stack_.back().kind == Kind::kPlain) return;
      add(Finding::What::kCall, "__setstate__ of (unknown)", false);
      return;
    }
    case 'Q':
      (void)pop();
      return push(Kind::kPlain);
    case 'X':
    case '\x8c':
    case '\x8d':
    case 'T':
    case 'U':
      return push(Kind::kText, now_.text);
    default:
      return now_.opcode->accepted ? push(Kind::kPlain) : step_refused();
  }
}

void Scanner::step_refused() {
  switch (now_.opcode->code) {
    case 'i': {  // INST
      (void)pop_to_mark();
      global(now_.text, now_.second);
      return call(pop(), false);
    }
    case 'o':  // OBJ
      return call(pop_to_mark(), false);
    case '\x92':  // NEWOBJ_EX
      (void)pop();
      [[fallthrough]];
    case '\x81': {  // NEWOBJ
      (void)pop();
      return call(pop(), false);
    }
    case '\x82':
    case '\x83':
    case '\x84':
      add(Finding::What::kGlobal, "(extension " + std::to_string(now_.number) + ")", false);
      return push(Kind::kUnknown);
    case 'S': {
      std::string_view text = now_.text;
      if (text.size() >= 2) text = text.substr(1, text.size() - 2);  // quotes
      return push(Kind::kText, text);
    }
    case 'V':
      return push(Kind::kText, now_.text);
    case 'p':
    case 'g': {
      // Slots are decimal text; keys that are no numbers share one slot, which only loses names.
      std::uint64_t slot = 0;
      for (const char c : now_.text) slot = slot * 10 + static_cast<unsigned char>(c - '0');
      if (now_.opcode->code == 'g') {
        const auto found = memo_.find(slot);
        stack_.push_back(found == memo_.end() ? Guess{} : found->second);
      } else if (!stack_.empty()) {
        memo_[slot] = stack_.back();
      }
      return;
    }
    case '\x90':  // ADDITEMS
      (void)pop_to_mark();
      return;
    case '\x91':  // FROZENSET
      (void)pop_to_mark();
      return push(Kind::kPlain);
    case '\x98':  // READONLY_BUFFER
      return;
    default:
      return push(Kind::kPlain);
  }
}

}  // namespace

PickleScan scan_pickle(ByteSpan bytes, const std::string& where, std::uint64_t base) {
  return Scanner(bytes, where, base).run();
}

PickleScan scan_checkpoint(ByteSpan file, const std::string& file_name) {
  if (recognise(file, file_name) == ContainerForm::kZip) {
    const ZipArchive archive(file, file_name);
    return scan_pickle(find_object_entry(archive, file_name).data, file_name + ", data.pkl", 0);
  }
  PickleScan all;
  for (int i = 0; i < kLegacyPickles && all.problem.empty(); ++i) {
    PickleScan part = scan_pickle(file.subspan(all.bytes), file_name, all.bytes);
    all.bytes += part.bytes;
    all.problem = part.problem;
    all.findings.insert(all.findings.end(), part.findings.begin(), part.findings.end());
  }
  return all;
}

}  // namespace corticast::weights

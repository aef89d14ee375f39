#include "tests/cuda_sim/ptx/body_parser.h"

#include <algorithm>
#include <unordered_map>

#include "tests/cuda_sim/ptx/declarations.h"

namespace cuda_sim::ptx {
namespace {

constexpr std::size_t kNoScope = static_cast<std::size_t>(-1);

// Names declared between one pair of braces. Labels, registers and variables of inner scopes hide
// those outside and end with the scope (inline assembly relies on it).
struct Scope {
  std::size_t parent = kNoScope;
  std::unordered_map<std::string, std::uint32_t> registers;
  std::unordered_map<std::string, std::string> renamed;  // labels and variables: name in Function
};

class BodyParser {
 public:
  BodyParser(TokenStream& tokens, Function* function) : tokens_(tokens), function_(*function) {}

  void run() {
    scopes_.push_back(Scope{});
    std::size_t depth = 1;
    while (depth > 0) {
      if (tokens_.accept("{")) {
        scopes_.push_back(Scope{scope_, {}, {}});
        scope_ = scopes_.size() - 1;
        ++depth;
      } else if (tokens_.accept("}")) {
        scope_ = scopes_[scope_].parent;
        --depth;
      } else if (tokens_.peek().kind == Token::Kind::kEnd) {
        tokens_.fail("'}' that ends function " + function_.name);
      } else if (tokens_.peek().text.starts_with('.')) {
        directive();
      } else if (tokens_.peek().kind == Token::Kind::kWord && tokens_.peek(1).text == ":") {
        label();
      } else {
        instruction();
      }
    }
    resolve_symbols();
  }

 private:
  void directive() {
    const Token token = tokens_.take();
    Space space{};
    if (token.text == ".reg") {
      const std::size_t first = function_.registers.size();
      parse_registers(tokens_, &function_.registers);
      for (std::size_t i = first; i < function_.registers.size(); ++i) {
        const std::string& name = function_.registers[i].name;
        if (!scopes_[scope_].registers.emplace(name, static_cast<std::uint32_t>(i)).second) {
          TokenStream::fail_at(token.line, "register " + name + " is declared twice");
        }
      }
    } else if (parse_space(token.text, &space)) {
      Variable variable = parse_variable(tokens_, space, false);
      variable.name = declare(variable.name, token.line);
      function_.variables.push_back(std::move(variable));
      tokens_.expect(";");
    } else if (token.text == ".loc") {
      location();
    } else if (token.text == ".pragma") {
      tokens_.skip_past(";");
    } else {
      TokenStream::fail_at(token.line,
                           "directive '" + std::string(token.text) +
                               "' inside a function, which the simulator does not know");
    }
  }

  // .loc file line column [, function_name label [+ offset], inlined_at file line column]
  void location() {
    location_ = {};
    location_.file = static_cast<std::uint32_t>(tokens_.integer("a file number"));
    location_.line = static_cast<std::uint32_t>(tokens_.integer("a line number"));
    tokens_.integer("a column");
    if (tokens_.accept(",")) {
      tokens_.skip_past("inlined_at");
      location_.caller_file = static_cast<std::uint32_t>(tokens_.integer("a file number"));
      location_.caller_line = static_cast<std::uint32_t>(tokens_.integer("a line number"));
    }
    tokens_.skip_line();
  }

  // Inner names get the number of their scope, so that the same inline assembly may occur twice.
  std::string declare(const std::string& name, std::uint32_t line) {
    std::string unique = scope_ == 0 ? name : name + "@" + std::to_string(scope_);
    if (!scopes_[scope_].renamed.emplace(name, unique).second) {
      TokenStream::fail_at(line, "'" + name + "' is declared twice");
    }
    return unique;
  }

  void label() {
    const Token token = tokens_.take();
    tokens_.expect(":");
    const std::string name = declare(std::string(token.text), token.line);
    if (tokens_.accept(".branchtargets")) {
      std::vector<std::string>& targets = function_.branch_targets[name];
      do {
        targets.emplace_back(tokens_.word("a label"));
      } while (tokens_.accept(","));
      tokens_.expect(";");
      target_scopes_[name] = scope_;
    } else if (tokens_.at(".callprototype") || tokens_.at(".calltargets")) {
      tokens_.skip_past(";");  // calls are refused where they stand
    } else {
      function_.labels[name] = static_cast<std::uint32_t>(function_.code.size());
    }
  }

  void instruction() {
    Instruction instruction;
    instruction.location = location_;
    instruction.text_line = tokens_.peek().line;
    if (tokens_.accept("@")) {
      instruction.guard_negated = tokens_.accept("!");
      const Token token = tokens_.peek();
      const Operand guard = name_operand(std::string(tokens_.word("a predicate register")));
      if (guard.kind != Operand::Kind::kRegister || function_.registers[guard.reg].bits != 1) {
        TokenStream::fail_at(token.line,
                             "guard '" + std::string(token.text) + "' is not a predicate register");
      }
      instruction.guard = guard.reg;
    }
    instruction.opcode = tokens_.word("an instruction");
    split_opcode(&instruction);
    if (!tokens_.at(";")) {
      do {
        instruction.operands.push_back(operand());
      } while (tokens_.accept(","));
    }
    tokens_.expect(";");
    function_.code.push_back(std::move(instruction));
    code_scopes_.push_back(scope_);
  }

  static void split_opcode(Instruction* instruction) {
    const std::string& opcode = instruction->opcode;
    for (std::size_t start = 0; start <= opcode.size();) {
      const std::size_t dot = std::min(opcode.find('.', start), opcode.size());
      instruction->parts.push_back(opcode.substr(start, dot - start));
      start = dot + 1;
    }
    const bool empty_part = std::any_of(instruction->parts.begin(), instruction->parts.end(),
                                        [](const std::string& part) { return part.empty(); });
    if (empty_part || opcode.front() == '%') {
      TokenStream::fail_at(instruction->text_line,
                           "found '" + opcode + "', expected an instruction");
    }
  }

  Operand operand() {
    Operand first = simple_operand();
    if (!tokens_.accept("|")) return first;
    Operand pair;
    pair.kind = Operand::Kind::kPair;
    pair.elements.push_back(std::move(first));
    pair.elements.push_back(simple_operand());
    return pair;
  }

  Operand simple_operand() {
    if (tokens_.accept("!")) {
      Operand result = simple_operand();
      result.negated = true;
      return result;
    }
    if (tokens_.accept("{")) return list("}");
    if (tokens_.accept("(")) return list(")");  // arguments of a call
    if (tokens_.accept("[")) return address();
    if (tokens_.peek().kind == Token::Kind::kWord) {
      Operand result = name_operand(std::string(tokens_.take().text));
      if (result.kind == Operand::Kind::kSymbol) result.offset = signed_offset();
      return result;
    }
    return literal();
  }

  Operand list(std::string_view close) {
    Operand result;
    result.kind = Operand::Kind::kVector;
    if (tokens_.accept(close)) return result;
    do {
      result.elements.push_back(simple_operand());
    } while (tokens_.accept(","));
    tokens_.expect(close);
    return result;
  }

  // [base], [base + 8], [base+-8], [16]
  Operand address() {
    Operand result;
    result.kind = Operand::Kind::kAddress;
    if (tokens_.peek().kind == Token::Kind::kWord) {
      result.elements.push_back(name_operand(std::string(tokens_.take().text)));
    } else {
      result.elements.push_back(literal());
    }
    result.offset = signed_offset();
    while (tokens_.accept(",")) result.elements.push_back(simple_operand());  // textures
    tokens_.expect("]");
    return result;
  }

  std::int64_t signed_offset() {
    std::int64_t sum = 0;
    while (tokens_.at("+") || tokens_.at("-")) {
      tokens_.accept("+");  // integer() takes a minus
      sum += tokens_.integer("an offset");
    }
    return sum;
  }

  Operand literal() {
    const bool negative = tokens_.accept("-");
    const Token token = tokens_.peek();
    Operand result;
    result.kind = Operand::Kind::kImmediate;
    result.bits = token.bits;
    switch (token.kind) {
      case Token::Kind::kInteger:
        if (negative) result.bits = 0 - result.bits;
        break;
      case Token::Kind::kFloat:
        result.is_float = true;
        if (negative) result.bits ^= 0x80000000U;
        break;
      case Token::Kind::kDouble:
        result.is_float = true;
        result.is_double = true;
        if (negative) result.bits ^= std::uint64_t{1} << 63;
        break;
      default:
        tokens_.fail("an operand");
    }
    tokens_.take();
    return result;
  }

  Operand name_operand(const std::string& name) {
    Operand result;
    if (name == "_") return result;
    if (name == "WARP_SZ") {
      result.kind = Operand::Kind::kImmediate;
      result.bits = 32;
      return result;
    }
    for (std::size_t s = scope_; s != kNoScope; s = scopes_[s].parent) {
      const auto found = scopes_[s].registers.find(name);
      if (found == scopes_[s].registers.end()) continue;
      result.kind = Operand::Kind::kRegister;
      result.reg = found->second;
      return result;
    }
    if (name.starts_with('%')) {
      result.kind = Operand::Kind::kRegister;
      result.reg = special(name);
      return result;
    }
    result.kind = Operand::Kind::kSymbol;
    result.name = name;
    return result;
  }

  std::uint32_t special(const std::string& name) {
    std::uint32_t bits = 0;
    if (!special_register(name, &bits)) {
      TokenStream::fail_at(tokens_.peek().line,
                           "'" + name +
                               "' is neither a declared register nor a special register "
                               "that the simulator knows");
    }
    function_.registers.push_back(Register{name, bits, true});
    const auto index = static_cast<std::uint32_t>(function_.registers.size() - 1);
    scopes_[0].registers.emplace(name, index);
    return index;
  }

  // Labels may be used before they are declared, so names are looked up at the end.
  void resolve_symbols() {
    for (std::size_t i = 0; i < function_.code.size(); ++i) {
      for (Operand& operand : function_.code[i].operands) resolve(&operand, code_scopes_[i]);
    }
    for (auto& [name, targets] : function_.branch_targets) {
      for (std::string& target : targets) target = renamed(target, target_scopes_[name]);
    }
  }

  void resolve(Operand* operand, std::size_t scope) const {
    if (operand->kind == Operand::Kind::kSymbol) operand->name = renamed(operand->name, scope);
    for (Operand& element : operand->elements) resolve(&element, scope);
  }

  std::string renamed(const std::string& name, std::size_t scope) const {
    for (std::size_t s = scope; s != kNoScope; s = scopes_[s].parent) {
      const auto found = scopes_[s].renamed.find(name);
      if (found != scopes_[s].renamed.end()) return found->second;
    }
    return name;
  }

  TokenStream& tokens_;
  Function& function_;
  std::vector<Scope> scopes_;
  std::size_t scope_ = 0;
  std::vector<std::size_t> code_scopes_;  // of each instruction
  std::unordered_map<std::string, std::size_t> target_scopes_;
  Location location_;
};

}  // namespace

void parse_body(TokenStream& tokens, Function* function) {
  BodyParser(tokens, function).run();
}

}  // namespace cuda_sim::ptx

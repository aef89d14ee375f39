#include <algorithm>
#include <charconv>

#include "tests/cuda_sim/ptx/body_parser.h"
#include "tests/cuda_sim/ptx/declarations.h"
#include "tests/cuda_sim/ptx/lexer.h"
#include "tests/cuda_sim/ptx/module.h"

namespace cuda_sim::ptx {
namespace {

class ModuleParser {
 public:
  explicit ModuleParser(std::string_view text) : tokens_(text) {}

  Module run() {
    tokens_.expect(".version");
    tokens_.skip_line();
    while (tokens_.peek().kind != Token::Kind::kEnd) statement();
    if (module_.sm == 0) tokens_.fail(".target in the module");
    return std::move(module_);
  }

 private:
  void statement() {
    bool is_extern = false;
    while (tokens_.at(".visible") || tokens_.at(".extern") || tokens_.at(".weak") ||
           tokens_.at(".common")) {
      is_extern = tokens_.take().text == ".extern" || is_extern;
    }
    const Token token = tokens_.peek();
    Space space{};
    if (tokens_.accept(".target")) {
      target();
    } else if (tokens_.accept(".address_size")) {
      if (tokens_.integer("64") != 64) {
        TokenStream::fail_at(token.line, "address size is not 64 bits; no other is supported");
      }
    } else if (tokens_.accept(".file")) {
      const auto number = static_cast<std::uint32_t>(tokens_.integer("a file number"));
      module_.files[number] = tokens_.string("a file name in quotes");
      tokens_.skip_line();  // time and size
    } else if (tokens_.accept(".entry")) {
      function(true);
    } else if (tokens_.accept(".func")) {
      function(false);
    } else if (tokens_.accept(".section")) {
      tokens_.skip_past("{");
      tokens_.skip_past("}");
    } else if (tokens_.accept(".pragma") || tokens_.accept(".alias")) {
      tokens_.skip_past(";");
    } else if (parse_space(token.text, &space)) {
      tokens_.take();
      module_.variables.push_back(parse_variable(tokens_, space, is_extern));
      tokens_.expect(";");
    } else if (!tokens_.accept(";")) {
      tokens_.fail("a directive that the simulator knows");
    }
  }

  void target() {
    const Token token = tokens_.peek();
    module_.target = tokens_.word("a target such as sm_80");
    std::string_view digits = module_.target;
    if (digits.starts_with("sm_")) digits.remove_prefix(3);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), module_.sm);
    const std::string_view suffix(result.ptr, digits.data() + digits.size());
    if (result.ec != std::errc() || !(suffix.empty() || suffix == "a" || suffix == "f")) {
      TokenStream::fail_at(token.line, "target '" + module_.target + "' is not like sm_80");
    }
    while (tokens_.accept(",")) tokens_.word("a target option");  // debug, texmode_...
  }

  void function(bool is_entry) {
    Function function;
    function.is_entry = is_entry;
    while (tokens_.at(".attribute") || tokens_.at(".noreturn")) directive(&function);
    if (tokens_.at("(")) parameters();  // return values of a .func
    function.name = tokens_.word("a function name");
    if (tokens_.at("(")) {
      function.parameters = parameters();
      for (Variable& parameter : function.parameters) {
        const std::uint64_t align = parameter.align;
        parameter.offset = (function.parameter_bytes + align - 1) / align * align;
        function.parameter_bytes = parameter.offset + parameter.bytes;
      }
    }
    while (!tokens_.at("{") && !tokens_.at(";")) directive(&function);
    if (tokens_.accept(";")) return;  // a declaration
    tokens_.expect("{");
    parse_body(tokens_, &function);
    module_.functions.push_back(std::move(function));
  }

  std::vector<Variable> parameters() {
    std::vector<Variable> result;
    tokens_.expect("(");
    while (!tokens_.at(")")) {
      if (tokens_.accept(".reg")) {
        tokens_.word("a type");
        tokens_.word("a register name");  // of a .func; calls are refused
      } else {
        tokens_.expect(".param");
        result.push_back(parse_variable(tokens_, Space::kParam, false));
      }
      if (!tokens_.accept(",")) break;
    }
    tokens_.expect(")");
    return result;
  }

  // Between the head of a function and its body (PTX ISA 11.3).
  void directive(Function* function) {
    const Token token = tokens_.take();
    if (token.text == ".maxntid" || token.text == ".reqntid") {
      std::int64_t product = tokens_.integer("a number of threads");
      while (tokens_.accept(",")) product *= tokens_.integer("a number of threads");
      function->max_threads = static_cast<std::uint32_t>(product);
    } else if (token.text == ".minnctapersm" || token.text == ".maxnreg" ||
               token.text == ".maxnctapersm") {
      tokens_.integer("a number");
    } else if (token.text == ".noreturn" || token.text == ".unique") {
    } else if (token.text == ".pragma") {
      tokens_.skip_past(";");
    } else if (token.text == ".attribute") {
      tokens_.skip_past(")");
    } else {
      TokenStream::fail_at(token.line, "found '" + std::string(token.text) +
                                           "', expected a body or a directive of functions that "
                                           "the simulator knows");
    }
  }

  TokenStream tokens_;
  Module module_;
};

}  // namespace

Module parse(std::string_view text) {
  return ModuleParser(text).run();
}

const Function* Module::find(std::string_view name) const {
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const Function& function) { return function.name == name; });
  return found == functions.end() ? nullptr : &*found;
}

std::string Module::where(const Instruction& instruction) const {
  const auto file = files.find(instruction.location.file);
  if (instruction.location.line == 0 || file == files.end()) {
    return "ptx line " + std::to_string(instruction.text_line);
  }
  const auto place = [](const std::string& path, std::uint32_t line) {
    const std::size_t slash = path.find_last_of('/');
    return path.substr(slash == std::string::npos ? 0 : slash + 1) + ":" + std::to_string(line);
  };
  const std::string own = place(file->second, instruction.location.line);
  const auto caller = files.find(instruction.location.caller_file);
  if (instruction.location.caller_line == 0 || caller == files.end()) return own;
  return own + " (inlined at " + place(caller->second, instruction.location.caller_line) + ")";
}

}  // namespace cuda_sim::ptx

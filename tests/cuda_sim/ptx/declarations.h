// Declarations of variables and registers, the same in modules, functions and inner scopes
// (PTX ISA chapter 5 and 11.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/cuda_sim/ptx/lexer.h"
#include "tests/cuda_sim/ptx/module.h"

namespace cuda_sim::ptx {

// Bits of a fundamental type with its dot (".f32" is 32, ".pred" 1), or 0 for any other word.
std::uint32_t type_bits(std::string_view type);
// Whether the word is a state space that variables are declared in (".global", ".shared", ...).
bool parse_space(std::string_view word, Space* space);

// After the state space: ".align 16 .b8 name[16] = {1, 2}", up to but without ';', ',' or ')'.
// Accepts ".ptr .global .align 16" of parameters.
Variable parse_variable(TokenStream& tokens, Space space, bool is_extern);
// After ".reg": ".b32 %r<10>, %x;" with the semicolon.
void parse_registers(TokenStream& tokens, std::vector<Register>* registers);
// Whether name is a special register, and how wide.
bool special_register(std::string_view name, std::uint32_t* bits);

}  // namespace cuda_sim::ptx

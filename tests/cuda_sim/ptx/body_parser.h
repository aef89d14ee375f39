// The body of a PTX function: registers, variables, labels and instructions, with inner scopes.
#pragma once

#include "tests/cuda_sim/ptx/lexer.h"
#include "tests/cuda_sim/ptx/module.h"

namespace cuda_sim::ptx {

// After the opening brace, up to and with the closing one.
void parse_body(TokenStream& tokens, Function* function);

}  // namespace cuda_sim::ptx

// Interprets a pickle as plain data. Never imports, calls or executes anything: the few globals it
// accepts (allowed_globals.h) are names for what it does itself.
#pragma once

#include <string>

#include "weights_tool/checkpoint/pickle_values.h"

namespace corticast::weights {

// Runs the pickle at the start of `bytes` up to its STOP; more bytes may follow. `where` names it
// in messages, `base` is its offset there. The result points into `bytes`. Throws Error{kModel}
// with the byte offset for any other opcode or global than this kind of pickle has, malformed
// input, or more than the caps on values, memo, stack, depth and rank allow. Containers may hold
// themselves: whoever follows items must count its steps.
PickleValues run_pickle(ByteSpan bytes, const std::string& where, std::uint64_t base,
                        PickleKind kind = PickleKind::kCheckpoint);

}  // namespace corticast::weights

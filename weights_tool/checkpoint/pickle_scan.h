// What a pickle would import and call if Python loaded it. Follows the opcodes without building
// anything, past what the reader refuses, so that one pass finds everything.
#pragma once

#include <string>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast::weights {

struct Finding {
  enum class What : std::uint8_t {
    kGlobal,  // a name the pickle imports
    kCall,    // something it calls (REDUCE, INST, OBJ, NEWOBJ, BUILD on an unknown object)
    kOpcode,  // an opcode the reader does not accept
  };
  What what;
  std::string name;  // "posix.getpid"; of a computed callable: "(unknown)"
  std::string opcode;
  std::uint64_t offset;  // of the opcode, in the file (legacy) or in data.pkl (zip)
  bool accepted;
};

struct PickleScan {
  std::vector<Finding> findings;  // in order of offset
  std::uint64_t bytes = 0;        // followed
  std::string problem;            // why it could not be followed to its STOP, else empty
};

// Scans the pickle at the start of `bytes`; `base` is its offset for the findings.
PickleScan scan_pickle(ByteSpan bytes, const std::string& where, std::uint64_t base);

// Every pickle of a checkpoint file, one after the other. Throws Error{kModel} if the file is
// neither form of checkpoint.
PickleScan scan_checkpoint(ByteSpan file, const std::string& file_name);

}  // namespace corticast::weights

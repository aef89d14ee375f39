# Writes HEADER with the version and, in a checkout, the commit it was built from; "+" marks
# changes that are not committed. Run at every build; touches the header only when it changes.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty=+ --exclude=*
                OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
set(id ${VERSION})
if(commit)
  string(APPEND id " (${commit})")
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT [[
#pragma once

namespace corticast::bench {
inline constexpr const char* kBuildId = "@id@";
}
]] @ONLY)

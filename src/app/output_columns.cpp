#include "app/output_columns.h"

#include <unistd.h>

#include "app/live_screen.h"
#include "report/run_tables.h"

namespace paragon {

std::size_t output_columns() {
  const LiveScreen output(STDOUT_FILENO);
  return output.on_terminal() ? static_cast<std::size_t>(output.columns()) : kAnyWidth;
}

}  // namespace paragon

#include "app/data_dir.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace paragon {

Result<std::string> find_shipped(std::string_view relative) {
  namespace fs = std::filesystem;
  std::vector<fs::path> homes;
  if (const char* home = std::getenv("PARAGON_HOME")) homes.emplace_back(home);
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  if (!failure) {
    homes.push_back(program.parent_path());
    homes.push_back(program.parent_path().parent_path() / "share" / "paragon");
  }
  homes.emplace_back(PARAGON_SOURCE_DIR);
  std::string tried;
  for (const fs::path& home : homes) {
    const fs::path path = home / relative;
    if (fs::exists(path, failure)) return fs::absolute(path).string();
    tried += (tried.empty() ? "" : ", ") + path.string();
  }
  return Error{ErrorCode::not_found, "not found: tried " + tried};
}

}  // namespace paragon

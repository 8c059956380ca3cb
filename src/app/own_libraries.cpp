#include "app/own_libraries.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace paragon {
namespace {

// Called for each object in memory, the program first.
int note(dl_phdr_info* object, std::size_t, void* into) {
  auto& found = *static_cast<OwnLibraries*>(into);
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& header = object->dlpi_phdr[i];
    if (header.p_type == PT_INTERP && found.loader.empty()) {
      // NOLINTNEXTLINE(performance-no-int-to-ptr): the linker gives addresses as numbers
      found.loader = reinterpret_cast<const char*>(object->dlpi_addr + header.p_vaddr);
    }
  }
  // The program has no name here, and the kernel's own object no path.
  if (std::strchr(object->dlpi_name, '/') != nullptr) {
    found.libraries.emplace_back(object->dlpi_name);
  }
  return 0;
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

}  // namespace

Result<OwnLibraries> own_libraries() {
  OwnLibraries found;
  dl_iterate_phdr(note, &found);
  if (found.loader.empty()) {
    return Error{ErrorCode::unsupported,
                 "this program is linked statically: it needs no libraries"};
  }
  std::ranges::sort(found.libraries, {}, file_name);
  return found;
}

std::string without_sections(std::string elf) {
  ElfW(Ehdr) head;
  if (elf.size() < sizeof head || std::memcmp(elf.data(), ELFMAG, SELFMAG) != 0) return elf;
  std::memcpy(&head, elf.data(), sizeof head);
  std::size_t end = head.e_phoff + std::size_t{head.e_phnum} * sizeof(ElfW(Phdr));
  if (head.e_phentsize != sizeof(ElfW(Phdr)) || end > elf.size()) return elf;
  for (int i = 0; i < head.e_phnum; ++i) {
    ElfW(Phdr) part;
    std::memcpy(&part, elf.data() + head.e_phoff + static_cast<std::size_t>(i) * sizeof part,
                sizeof part);
    end = std::max<std::size_t>(end, part.p_offset + part.p_filesz);
  }
  if (end > elf.size()) return elf;
  head.e_shoff = 0;
  head.e_shnum = 0;
  head.e_shstrndx = SHN_UNDEF;
  std::memcpy(elf.data(), &head, sizeof head);
  elf.resize(end);
  return elf;
}

}  // namespace paragon

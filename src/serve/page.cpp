#include "serve/page.h"

namespace paragon {

std::string status_page() {
  return
#include "page_text.inc"  // page.html as a string literal, made by CMakeLists.txt
      ;
}

}  // namespace paragon

#include "report/table.h"

#include <gtest/gtest.h>

namespace paragon {
namespace {

TEST(Table, AlignsByWhatIsSeen) {
  Table table({{"class", Align::left}, {"p50"}});
  table.row({"strict", "740 µs"}).row({"Größe", "12 ms"});
  EXPECT_EQ(table.text(),
            "class       p50\n"
            "──────   ──────\n"
            "strict   740 µs\n"
            "Größe     12 ms\n");
}

TEST(Table, SumsStandUnderARuleAndNoLineEndsWithSpaces) {
  Table table({{"what", Align::left}, {"note", Align::left}});
  table.row({"a", "x"}).rule().row({"total"});
  EXPECT_EQ(table.text("  "),
            "  what    note\n"
            "  ─────   ────\n"
            "  a       x\n"
            "  ─────   ────\n"
            "  total\n");
}

TEST(Table, ALineEndInACellDoesNotBreakTheTable) {
  Table table({{"a", Align::left}, {"b", Align::left}});
  table.row({"one\ntwo", "x"});
  EXPECT_NE(table.text().find("one two   x\n"), std::string::npos);
}

TEST(Table, WidthCountsCodePointsNotBytes) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("µ█∞"), 3U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // e and a combining acute accent
}

TEST(TableDeathTest, TooManyCellsBreakAPromise) {
  Table table({{"only"}});
  EXPECT_DEATH(table.row({"a", "b"}), "2 cells in a table of 1 columns");
}

}  // namespace
}  // namespace paragon

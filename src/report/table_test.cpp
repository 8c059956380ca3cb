#include "report/table.h"

#include <gtest/gtest.h>

namespace paragon {
namespace {

TEST(TextTable, AlignsByWhatIsSeen) {
  TextTable table({{"class", Align::left}, {"p50"}});
  table.row({"strict", "740 µs"}).row({"Größe", "12 ms"});
  EXPECT_EQ(table.text(),
            "class       p50\n"
            "──────   ──────\n"
            "strict   740 µs\n"
            "Größe     12 ms\n");
}

TEST(TextTable, SumsStandUnderARuleAndNoLineEndsWithSpaces) {
  TextTable table({{"what", Align::left}, {"note", Align::left}});
  table.row({"a", "x"}).rule().row({"total"});
  EXPECT_EQ(table.text("  "),
            "  what    note\n"
            "  ─────   ────\n"
            "  a       x\n"
            "  ─────   ────\n"
            "  total\n");
}

TEST(TextTable, ALineEndInACellDoesNotBreakTheTable) {
  TextTable table({{"a", Align::left}, {"b", Align::left}});
  table.row({"one\ntwo", "x"});
  EXPECT_NE(table.text().find("one two   x\n"), std::string::npos);
}

TEST(TextTable, WhatIsTooWideGoesOnInFurtherLines) {
  TextTable table({{"knob", Align::left}, {"default"}, {"what it is", Align::left}});
  table.row({"  window_s", "60", "length of the load it looks at"}).row({"burst", "1.5", "peaks"});
  EXPECT_EQ(table.text_within(100), table.text());
  EXPECT_EQ(table.text_within(42),
            "knob         default   what it is\n"
            "──────────   ───────   ───────────────────\n"
            "  window_s        60   length of the load\n"
            "                       it looks at\n"
            "burst            1.5   peaks\n");
  // No narrower than its words.
  TextTable words({{"a", Align::left}});
  words.row({"  incomprehensibilities or so"});
  EXPECT_EQ(words.text_within(1), "a\n────────────\n  incomprehensibilities\n  or so\n");
}

TEST(TextTable, WidthCountsCodePointsNotBytes) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("µ█∞"), 3U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // e and a combining acute accent
}

TEST(TableDeathTest, TooManyCellsBreakAPromise) {
  TextTable table({{"only"}});
  EXPECT_DEATH(table.row({"a", "b"}), "2 cells in a table of 1 columns");
}

}  // namespace
}  // namespace paragon

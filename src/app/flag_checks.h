// What a flag's value may be. One that is not so is refused with "FLAG: got 'X', expected Y".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace paragon {

CLI::Validator between(int least, int most);
CLI::Validator between(double least, double most);
CLI::Validator above_zero();  // and finite
CLI::Validator above_zero(double most);
CLI::Validator zero_or_more();
CLI::Validator one_of(const std::vector<std::string>& words);

// That what should be a number is one and fits, for all flags of the command and its subcommands:
// CLI11 takes -1 for the largest number there is, and 010 for 8.
void check_numbers(CLI::App& command);

}  // namespace paragon

using System.Diagnostics;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class CommandLineTests
{
    // What Codex 0.128 shows for these words.
    [Theory]
    [InlineData("ls", "ls")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("rg \"^a\" .", "'rg \"''^a\" .'")]
    [InlineData("rg -g '!x' .", "\"rg -g '\"'!x'\"' .\"")]
    [InlineData("find . \\( -name 'a' \\)", "\"find . \\\\( -name 'a' \\\\)\"")]
    [InlineData("echo it's ok", "\"echo it's ok\"")]
    [InlineData("echo $HOME && echo `date`", "'echo $HOME && echo `date`'")]
    [InlineData("it's $5", "\"it's \"'$5'")]
    [InlineData("^", "'^'")]
    [InlineData("a^b", "a'^b'")]
    [InlineData("^^", "'^''^'")]
    [InlineData("'^'", "\"'\"'^'\"'\"")]
    [InlineData("é", "'é'")]
    [InlineData("a\nb", "'a\nb'")]
    public void Words_are_quoted_in_pieces(string word, string expected) => Assert.Equal(expected, Shown(word));

    [Fact]
    public void A_command_with_a_nul_is_only_named() => Assert.Equal("<command included NUL byte>", Shown("a\0b"));

    [Fact]
    public void A_shell_splits_the_line_into_the_words_again() =>
        Gen.Char["ab^!$`\"'\\ é~#*?{}[]()<>|&;%=,\t\n-./"]
            .Array[0, 12]
            .Select(letters => new string(letters))
            .Array[1, 200]
            .Sample(
                words =>
                {
                    using var shell = Process.Start(
                        new ProcessStartInfo("sh", ["-c", $"printf '%s\\0' {Shown(words)}"]) { RedirectStandardOutput = true }
                    )!;
                    Assert.Equal(words, shell.StandardOutput.ReadToEnd().Split('\0')[..^1]);
                },
                iter: 20
            );

    static string Shown(params string[] words)
    {
        var line = RolloutText.Event(
            "exec_command_end",
            $"\"call_id\":\"c\",\"turn_id\":\"t\",\"command\":{System.Text.Json.JsonSerializer.Serialize(words)}"
        );
        var turn = Assert.Single(RolloutText.Turns(HistoryModes.Legacy, RolloutText.Event("task_started", "\"turn_id\":\"t\""), line));
        return (string)Assert.Single(turn.Items).Json["command"]!;
    }
}

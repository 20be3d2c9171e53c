using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Spool.Cli.Tests;

public sealed partial class WordWriterTests
{
    // More than the log keeps in mind before a caller has to wait for its output.
    const int Entries = 10_000;

    [Fact]
    public async Task No_line_of_words_comes_into_the_middle_of_an_entry_of_the_log()
    {
        var before = Console.Error;
        var output = new MemoryStream();
        var text = new string('x', 1500);
        var said = 0;
        try
        {
            await using var words = WordWriter.Over(output);
            var services = new ServiceCollection();
            services.AddLogging(ServeLog.To("debug")!);
            await using (var provider = services.BuildServiceProvider())
            {
                var log = provider.GetRequiredService<ILogger<WordWriterTests>>();
                var logging = Task.Run(
                    () =>
                    {
                        for (var i = 0; i < Entries; i++)
                            Entry(log, i, text);
                    },
                    TestContext.Current.CancellationToken
                );
                for (; !logging.IsCompleted; said++)
                    await words.WriteLineAsync($"word {said}");
                await logging;
            }
        }
        finally
        {
            Console.SetError(before);
        }

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            Enumerable.Range(0, said).Select(i => $"word {i}"),
            lines.Where(line => line.StartsWith("word ", StringComparison.Ordinal))
        );
        Assert.Equal(
            Enumerable.Range(0, Entries),
            lines
                .Where(line => line.StartsWith('{'))
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("State").GetProperty("Number").GetInt32())
        );
        Assert.Equal(said + Entries, lines.Length);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Number} {Text}")]
    static partial void Entry(ILogger log, int number, string text);
}

using System.Reflection;

namespace Spool.Local.Tests;

/// <summary>The bytes in which the index keeps what passes learned.</summary>
public sealed class ScanCodecTests
{
    [Fact]
    public void Every_fact_and_every_count_comes_back()
    {
        var number = 1000L;
        var facts = Fill(new ThreadFacts());
        var scan = Fill(new ScanState { Facts = facts, Totals = Fill(new LogTotals()) });

        Assert.Equal(scan, ScanCodec.Read(ScanCodec.Write(scan), facts.Preview, scan.InheritedPreview));

        // A member that is added and not stored would be found here: everything gets a value that is not its default.
        T Fill<T>(T record)
        {
            foreach (var member in typeof(T).GetProperties().Where(member => member.Name is not ("Facts" or "Totals") && member.CanWrite))
                member.SetValue(record, ValueOf(member));
            return record;
        }

        object ValueOf(PropertyInfo member)
        {
            number += 1_000_003;
            var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
            return type == typeof(string) ? $"text \u00fc\U0001F9F5 {number}"
                : type == typeof(long) ? number * 1_000_003 * (number % 2 == 0 ? 1 : -1)
                : type == typeof(DateTimeOffset) ? DateTimeOffset.FromUnixTimeMilliseconds(number * (number % 2 == 0 ? 1 : -1))
                : type == typeof(ulong) ? ulong.MaxValue - (ulong)number
                : type == typeof(bool) ? true
                : type == typeof(ThreadId) ? ThreadId.New(TimeProvider.System)
                : type == typeof(GitInfo) ? new GitInfo("a", null, $"{number}")
                : type == typeof(HistoryBase) ? new HistoryBase(ThreadId.New(TimeProvider.System), number, number + 1)
                : throw new InvalidOperationException($"{member.Name} has a type that this test does not know.");
        }
    }

    [Fact]
    public void What_nobody_said_stays_unsaid()
    {
        var scan = new ScanState { Facts = new ThreadFacts(), Totals = new LogTotals() };

        Assert.Equal(scan, ScanCodec.Read(ScanCodec.Write(scan), null, null));
    }

    [Theory]
    [InlineData(null, "goal")]
    [InlineData("message", "message")]
    [InlineData("", "")]
    [InlineData("message", "goal")]
    public void A_first_message_is_told_from_a_goal(string? message, string? preview)
    {
        var scan = new ScanState
        {
            Facts = new ThreadFacts { FirstUserMessage = message, Preview = preview },
            Totals = new LogTotals(),
        };

        Assert.Equal(scan, ScanCodec.Read(ScanCodec.Write(scan), preview, null));
    }
}

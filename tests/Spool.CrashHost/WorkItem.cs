using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Spool.CrashHost;

/// <summary>An item whose every byte follows from the session that sends it and its number there, so that whoever finds it can tell whether
/// it is whole, and whose it is.</summary>
public static class WorkItem
{
    // Characters of one to four bytes, and some that JSON escapes.
    static readonly string[] Letters = ["a", "b", "c", " ", "0", "é", "ß", "日", "本", "🧵", "\\n", "\\\"", "\\\\", "\\u0000", "{", "}"];

    /// <summary>Makes an item.</summary>
    /// <param name="session">The name of the session.</param>
    /// <param name="number">The number of the item in its session, from 0.</param>
    public static NewItem Make(string session, int number)
    {
        var random = new Random(Seed(session, number));
        var type = number == 0 ? "user_message" : "agent_message";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{{\"type\":\"{type}\",\"message\":\"{session} {number} ");
        for (var left = Length(random); left > 0; left--)
            text.Append(Letters[random.Next(Letters.Length)]);
        return new NewItem("event_msg", Encoding.UTF8.GetBytes(text.Append("\"}").ToString()));
    }

    /// <summary>Finds out which item a stored one is.</summary>
    /// <param name="item">The stored item.</param>
    /// <returns>Its session and number, or null when it is not, byte for byte, an item that <see cref="Make"/> makes.</returns>
    public static (string Session, int Number)? Read(RolloutItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Type != "event_msg" || item.Payload.IsEmpty)
            return null;
        try
        {
            using var json = JsonDocument.Parse(item.Payload);
            var words = json.RootElement.GetProperty("message").GetString()!.Split(' ', 3);
            var number = int.Parse(words[1], CultureInfo.InvariantCulture);
            return Make(words[0], number).Payload.Span.SequenceEqual(item.Payload.Span) ? (words[0], number) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    // Most items are small, some have tens of kibibytes.
    static int Length(Random random) =>
        random.Next(20) switch
        {
            0 => random.Next(20_000),
            < 5 => random.Next(2_000),
            _ => random.Next(200),
        };

    static int Seed(string session, int number)
    {
        var hash = 2166136261u ^ (uint)number * 2654435761u;
        foreach (var letter in session)
            hash = (hash ^ letter) * 16777619;
        return (int)(hash & int.MaxValue);
    }
}

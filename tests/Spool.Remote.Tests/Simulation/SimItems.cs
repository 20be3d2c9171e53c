using System.Buffers.Text;
using System.Text;

namespace Spool.Remote.Tests;

/// <summary>Items that are numbers, no two alike. A number below 0 is an item that every store refuses.</summary>
static class SimItems
{
    public static NewItem Of(int number) =>
        new(
            "n",
            Encoding.ASCII.GetBytes(
                number < 0 ? FormattableString.Invariant($"[{number}]") : FormattableString.Invariant($"{{\"n\":{number}}}")
            )
        );

    public static int NumberOf(NewItem item)
    {
        var payload = item.Payload.Span;
        var digits = payload[(payload.StartsWith("{\"n\":"u8) ? 5 : 1)..];
        return Utf8Parser.TryParse(digits, out int number, out _)
            ? number
            : throw new InvalidOperationException("Not an item of the simulation.");
    }
}

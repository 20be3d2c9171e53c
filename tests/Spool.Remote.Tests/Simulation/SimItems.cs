using System.Buffers.Text;
using System.Text;

namespace Spool.Remote.Tests;

/// <summary>Items that are numbers, no two alike. A number below 0 is an item that every store refuses.</summary>
static class SimItems
{
    public static NewItem Of(int number) => new("n", Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public static int NumberOf(NewItem item) => Utf8Parser.TryParse(item.Payload.Span, out int number, out _) ? number : throw new InvalidOperationException("Not an item of the simulation.");
}

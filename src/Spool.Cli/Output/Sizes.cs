using System.Globalization;

namespace Spool.Cli;

/// <summary>Writes sizes for people.</summary>
static class Sizes
{
    /// <summary>Gives a number of bytes in the unit that fits it: <c>512 bytes</c>, <c>30.6 KiB</c>.</summary>
    public static string Of(long bytes) =>
        bytes switch
        {
            1 => "1 byte",
            < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
            < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
            < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024:0.0} MiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024 / 1024:0.0} GiB"),
        };
}

using System.Globalization;
using System.Text.Json;

namespace Spool;

/// <summary>Says who holds a lock file: what the holder wrote into it, or for a program that writes nothing what the system
/// knows.</summary>
static class LockOwner
{
    const int MostBytes = 4096;

    /// <summary>Makes the line that a holder writes into its lock file.</summary>
    public static byte[] Describe(string program, DateTimeOffset since)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("host"u8, WriterOwner.ThisProcess.Host ?? "");
            json.WriteNumber("pid"u8, WriterOwner.ThisProcess.ProcessId ?? 0);
            json.WriteString("program"u8, new WriterOwner(null, null, program, null).Program); // a longer line would not be read
            json.WriteString("since"u8, since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>Finds out who holds a lock file. It is opened without taking its lock.</summary>
    public static WriterOwner Of(string path)
    {
        var said = ReadFile(path);
        var holder = HolderOf(path);
        // A program that writes nothing may have taken a file that another one left behind with its line in it.
        if (said is not null && (holder is null || said.ProcessId == holder))
            return said;
        return holder is { } process
            ? new WriterOwner(WriterOwner.ThisProcess.Host, process, ProgramOf(process), null)
            : new WriterOwner(null, null, null, null);
    }

    static WriterOwner? ReadFile(string path)
    {
        try
        {
            // The framework takes a shared lock of what it opens, which the holder's lock forbids.
            using var file = RegularFile.OpenRead(path);
            var bytes = new byte[MostBytes];
            using var json = JsonDocument.Parse(bytes.AsMemory(0, RandomAccess.Read(file, bytes, 0)));
            var owner = json.RootElement;
            return new WriterOwner(
                Text(owner, "host"),
                owner.GetProperty("pid").GetInt32(),
                Text(owner, "program"),
                DateTimeOffset.TryParse(Text(owner, "since"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
                    ? since
                    : null
            );
        }
        catch (Exception e)
            when (DiskErrors.IsFromDisk(e) || e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null; // empty, or not ours
        }
    }

    static string? Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.GetString() : null;

    // Lines such as "7: FLOCK  ADVISORY  WRITE 4242 fe:00:1311 0 EOF"; before the inode the device.
    static int? HolderOf(string path)
    {
        try
        {
            if (!OperatingSystem.IsLinux() || FileStat.TryGet(path) is not { } stamp)
                return null;
            var place = string.Create(CultureInfo.InvariantCulture, $":{stamp.Inode}");
            foreach (var line in File.ReadLines("/proc/locks"))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (
                    words.Length >= 6
                    && words[1] == "FLOCK"
                    && words[5].EndsWith(place, StringComparison.Ordinal)
                    && int.TryParse(words[4], CultureInfo.InvariantCulture, out var process)
                    && process > 0
                )
                    return process;
            }
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // Then the system does not tell.
        }
        return null;
    }

    static string? ProgramOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).Trim() is { Length: > 0 } name
                ? name
                : null;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            return null;
        }
    }
}

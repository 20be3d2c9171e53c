using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Spool;

/// <summary>Says who this process is. What it says stays the same for as long as the process lives.</summary>
static class OwnProcess
{
    /// <summary>The process as the owner of writers.</summary>
    public static readonly WriterOwner Owner = Make();

    static WriterOwner Make()
    {
        using var self = Process.GetCurrentProcess();
        // A program that is run by "dotnet" is known by its own name.
        return new WriterOwner(HostName(), self.Id, Assembly.GetEntryAssembly()?.GetName().Name ?? self.ProcessName, null);
    }

    static string? HostName()
    {
        try
        {
            return Dns.GetHostName();
        }
        catch (SocketException)
        {
            return null;
        }
    }
}

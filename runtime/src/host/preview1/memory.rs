//! A command's memory, read and written with every offset checked.

use wasmtime::{Caller, Extern};

use super::errno::{Called, Errno};
use crate::execution::CallState;

/// The most buffers that one call handles.
const MAX_BUFFERS: usize = 1024;

/// The exported memory of the calling module.
pub(super) struct GuestMemory<'a>(&'a mut [u8]);

impl<'a> GuestMemory<'a> {
    pub(super) fn of(caller: &'a mut Caller<'_, CallState>) -> Called<Self> {
        let memory = caller.get_export("memory").and_then(Extern::into_memory).ok_or(Errno::Fault)?;
        Ok(Self(memory.data_mut(caller)))
    }

    pub(super) fn read<const N: usize>(&self, at: usize) -> Called<[u8; N]> {
        self.0.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or(Errno::Fault)
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) -> Called<()> {
        let end = at.checked_add(bytes.len()).ok_or(Errno::Fault)?;
        self.0.get_mut(at..end).ok_or(Errno::Fault)?.copy_from_slice(bytes);
        Ok(())
    }

    pub(super) fn write_u32(&mut self, at: i32, value: u32) -> Called<()> {
        self.write(at as u32 as usize, &value.to_le_bytes())
    }

    /// The address and length of the `index`th buffer in a list.
    fn buffer(&self, list: i32, index: usize) -> Called<(usize, usize)> {
        let at = (list as u32 as usize).checked_add(index * 8).ok_or(Errno::Fault)?;
        let word = |at| self.read::<4>(at).map(|word| u32::from_le_bytes(word) as usize);
        Ok((word(at)?, word(at + 4)?))
    }

    /// Copies the buffers of a list one after the other, up to `limit` bytes.
    pub(super) fn gather(&self, list: i32, count: i32, limit: usize, out: &mut Vec<u8>) -> Called<()> {
        for index in 0..(count as u32 as usize).min(MAX_BUFFERS) {
            let (at, len) = self.buffer(list, index)?;
            let buffer = at.checked_add(len).and_then(|end| self.0.get(at..end)).ok_or(Errno::Fault)?;
            out.extend_from_slice(buffer.get(..limit - out.len()).unwrap_or(buffer));
        }
        Ok(())
    }

    /// Spreads bytes over the buffers of a list. Returns how many were placed.
    pub(super) fn scatter(&mut self, list: i32, count: i32, mut bytes: &[u8]) -> Called<usize> {
        let whole = bytes.len();
        for index in 0..(count as u32 as usize).min(MAX_BUFFERS) {
            let (at, len) = self.buffer(list, index)?;
            let (now, later) = bytes.split_at(len.min(bytes.len()));
            self.write(at, now)?;
            bytes = later;
        }
        Ok(whole - bytes.len())
    }

    /// Writes strings one after the other at `at`, and the address of each to the list `pointers`.
    pub(super) fn write_strings(&mut self, pointers: i32, at: i32, strings: &[Vec<u8>]) -> Called<()> {
        let (mut pointer, mut at) = (pointers as u32 as usize, at as u32 as usize);
        for string in strings {
            self.write(pointer, &(at as u32).to_le_bytes())?;
            self.write(at, string)?;
            pointer += 4;
            at += string.len();
        }
        Ok(())
    }
}

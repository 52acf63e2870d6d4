"""Transitions of many games, compressed without loss, drawn by priority, bounded in bytes."""
